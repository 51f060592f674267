import type { McpRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import type { JsonObject, ProtocolRevision } from '@scm/mcp-messages';
import { restrained } from '../protocol/client-wishes.js';
import type { Exchange } from '../protocol/exchange.js';
import type { Session } from './session.js';
import { callDown } from './translation.js';

/** Who sent a request of an older revision; without a session nothing is known of it but its revision. */
export interface LegacyCaller {
  readonly revision: ProtocolRevision;
  readonly requestMeta: JsonObject;
  readonly transport: McpRequest['transport'];
  readonly server?: string;
  readonly session?: Session;
}

/** Where the messages go that precede an answer. */
export interface LegacyStream {
  readonly canSend: boolean;
  readonly signal: AbortSignal;
  send(message: object): void;
}

/** A request of the caller, its parameters in the canonical form. */
export function exchangeOf(
  { method, params }: Pick<Exchange, 'method' | 'params'>,
  { revision, server }: LegacyCaller,
  stream: LegacyStream,
): Exchange {
  const notify = restrained(params, (notification) => {
    if (stream.canSend) stream.send(callDown(notification, revision).message);
  });
  const { signal } = stream;
  return { method, params, actor: currentActor(), ...(server !== undefined && { server }), signal, notify };
}
