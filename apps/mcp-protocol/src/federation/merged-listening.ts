import { ServiceError } from '@scm/contracts';
import { isJsonObject, ProtocolError, type JsonObject, type JsonRpcNotification } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import { withParams, type Member } from './member.js';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
// A member that is slow to agree does not keep the others' news.
const AGREE_MS = 3_000;

/** Listens at every member, agrees once to what any of them agreed to, and passes on what they tell. */
export async function mergedListening(
  members: readonly Member[],
  exchange: Exchange,
  heard: (member: Member, notification: JsonRpcNotification) => void,
): Promise<JsonObject> {
  const agreed: JsonObject[] = [];
  const early: JsonRpcNotification[] = [];
  let hasAgreed = false;
  const agree = () => {
    if (hasAgreed) return;
    hasAgreed = true;
    const notifications = agreed.reduce(united, {});
    exchange.notify({ jsonrpc: '2.0', method: ACKNOWLEDGED, params: { notifications } });
    for (const notification of early) exchange.notify(notification);
  };
  let open = members.length;
  const settled = () => {
    open -= 1;
    if (open === 0) agree();
  };
  const timer = setTimeout(agree, AGREE_MS);
  const listening = members.map(async (member) => {
    let isSettled = false;
    const settle = () => {
      if (!isSettled) settled();
      isSettled = true;
    };
    const notify = (notification: JsonRpcNotification) => {
      const { method, params } = notification;
      if (method === ACKNOWLEDGED) {
        agreed.push(isJsonObject(params?.['notifications']) ? params['notifications'] : {});
        return settle();
      }
      heard(member, notification);
      if (hasAgreed) exchange.notify(notification);
      else early.push(notification);
    };
    await member
      .answer(withParams(exchange, exchange.params, { notify }))
      .catch((error: unknown) => {
        if (!exchange.signal.aborted) ignoreFailure(error);
      })
      .finally(settle);
  });
  try {
    // Who listens goes on listening when one member ends.
    await Promise.race([
      Promise.all(listening).then(() => untilAborted(exchange.signal)),
      untilAborted(exchange.signal),
    ]);
  } finally {
    clearTimeout(timer);
  }
  return { resultType: 'complete' };
}

function united(one: JsonObject, other: JsonObject): JsonObject {
  const uris = [...listOf(one['resourceSubscriptions']), ...listOf(other['resourceSubscriptions'])];
  return { ...one, ...other, ...(uris.length > 0 && { resourceSubscriptions: [...new Set(uris)] }) };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function ignoreFailure(error: unknown): void {
  if (error instanceof ProtocolError || error instanceof ServiceError) return;
  throw error;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
