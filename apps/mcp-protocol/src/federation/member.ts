import type { JsonObject } from '@scm/mcp-messages';
import type { Exchange, Provider } from '../protocol/exchange.js';
import type { UpstreamRow } from '../upstreams/upstreams.repository.js';

const SEPARATOR = '__';

/** One of those that a virtual server is made of. */
export interface Member {
  /** Of the upstream; `scm` for what is built in. */
  name: string;
  /** Stands before its names; empty when they are shown as they are. */
  namespace: string;
  /** Absent for what is built in. */
  upstream?: UpstreamRow;
  /** `isIdempotent`: whether the tool that is called says so of itself. */
  answer(exchange: Exchange, isIdempotent?: boolean): Promise<JsonObject>;
  /** The tool of that name, where the member says so of one without listing all. */
  findTool?: Provider['findTool'];
}

/** A name as clients see it. */
export function shownName({ namespace }: Member, name: string): string {
  return namespace === '' ? name : `${namespace}${SEPARATOR}${name}`;
}

/** The member's own name for what clients call so; undefined when it cannot be the member's. */
export function ownName({ namespace }: Member, shown: string): string | undefined {
  if (namespace === '') return shown;
  const prefix = `${namespace}${SEPARATOR}`;
  return shown.startsWith(prefix) ? shown.slice(prefix.length) : undefined;
}

/** The exchange with other parameters, for one member. */
export function withParams(exchange: Exchange, params: Exchange['params'], more: Partial<Exchange> = {}): Exchange {
  const { method, actor, server, signal, limitMs, runsAsTask } = exchange;
  const own = {
    method,
    actor,
    signal,
    ...(server && { server }),
    ...(limitMs && { limitMs }),
    ...(runsAsTask && { runsAsTask }),
  };
  return { ...own, notify: exchange.notify.bind(exchange), ...more, params };
}

export function principalOf({ actor }: Exchange): string {
  return `${actor.workspaceId}/${actor.kind}/${actor.id}`;
}
