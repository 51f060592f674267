import { latestRevision, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import { recordFrame } from './recording.leg.js';

/** Records what is said with an upstream of the canonical revision, where nothing is translated that could be recorded. */
export async function recordedUpstream(
  exchange: Exchange,
  work: (exchange: Exchange) => Promise<JsonObject>,
): Promise<JsonObject> {
  const { method, params } = exchange;
  const frame = { peer: 'upstream', method, revision: latestRevision } as const;
  const received = (message: object, of: string = method) =>
    recordFrame({ ...frame, method: of, direction: 'received' }, message);
  recordFrame({ ...frame, direction: 'sent' }, { method, params });
  const notify: Exchange['notify'] = (notification) => {
    received(notification, notification.method);
    exchange.notify(notification);
  };
  try {
    const result = await work({ ...exchange, notify });
    received({ result });
    return result;
  } catch (error) {
    if (error instanceof ProtocolError) received({ error: error.toResponse(0).error });
    throw error;
  }
}
