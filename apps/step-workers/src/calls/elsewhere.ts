import type { EgressClient, EgressRequest, EgressResponse } from '@scm/egress';

/**
 * Reaches some origins elsewhere, as through an egress gateway. `origins` are `https://from=http://to`.
 * Throws TypeError for what is no pair of origins.
 */
export function reachedElsewhere(egress: EgressClient, origins: readonly string[]): Pick<EgressClient, 'send'> {
  const pairs = new Map(origins.map(pairOf));
  if (pairs.size === 0) return egress;
  return {
    send: (request: EgressRequest): Promise<EgressResponse> => {
      const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
      const to = url && pairs.get(url.origin);
      return egress.send(to && url ? { ...request, url: to + url.href.slice(url.origin.length) } : request);
    },
  };
}

function pairOf(text: string): [string, string] {
  const [from = '', to = ''] = text.split('=');
  if (!URL.canParse(from) || !URL.canParse(to)) throw new TypeError(`${text} is not <origin>=<origin>`);
  return [new URL(from).origin, new URL(to).origin];
}
