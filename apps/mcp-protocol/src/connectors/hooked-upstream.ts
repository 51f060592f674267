import { latestRevision, type JsonObject } from '@scm/mcp-messages';
import type { MessageHooks } from '../extensions/message-hooks.js';
import type { Exchange } from '../protocol/exchange.js';

/** What an upstream answers whose messages need no translation, as plugins leave what it is asked and what it says. */
export async function hookedUpstream(
  hooks: MessageHooks,
  exchange: Exchange,
  answer: (exchange: Exchange) => Promise<JsonObject>,
): Promise<JsonObject> {
  const at = { method: exchange.method, revision: latestRevision } as const;
  const before = hooks.findBoth({ ...at, direction: 'toUpstream' });
  const result = await answer(before ? withHeard(exchange, await before(exchange.params, exchange)) : exchange);
  const after = hooks.findBoth({ ...at, direction: 'fromUpstream' });
  return after ? after(result, exchange) : result;
}

function withHeard(exchange: Exchange, params: JsonObject): Exchange {
  return { ...exchange, notify: exchange.notify.bind(exchange), params };
}
