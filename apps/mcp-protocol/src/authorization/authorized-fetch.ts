import { extractWWWAuthenticateParams, type FetchLike } from '@modelcontextprotocol/client';
import { CredentialsRefused } from '../connectors/upstream-fault.js';
import { TokenSender } from './token-sender.js';
import type { Challenge } from './token-renewal.js';
import type { UpstreamTokens } from './upstream-tokens.js';

/** Sends each message with the upstream's token, and once more with another one when that is refused. */
export function authorizedFetch(tokens: UpstreamTokens, fetch: FetchLike): FetchLike {
  const sender = new TokenSender(fetch, tokens.origin);
  return async (input, init) => {
    const used = await tokens.current();
    const answer = await sender.send(input, init, used);
    const challenge = challengeIn(answer);
    if (!challenge) return answer;
    await answer.body?.cancel();
    const better = await tokens.renew(used, challenge);
    const again = await sender.send(input, init, better);
    const refused = challengeIn(again);
    if (!refused) return again;
    await again.body?.cancel();
    // Says why, where a person can help; another token would be refused as well.
    await tokens.renew(better, refused);
    throw new CredentialsRefused(refused.status ?? 401);
  };
}

/** What a refusal wants; undefined for an answer that is none. */
function challengeIn(answer: Response): Challenge | undefined {
  const { resourceMetadataUrl, scope, error } = extractWWWAuthenticateParams(answer);
  const { status } = answer;
  if (status !== 401 && !(status === 403 && error === 'insufficient_scope')) return undefined;
  return {
    status,
    ...(scope && { scope }),
    ...(resourceMetadataUrl && { resourceMetadataUrl: resourceMetadataUrl.href }),
  };
}
