import type { Transport } from '@modelcontextprotocol/client';
import { metaKeys, type JsonObject, type JsonRpcNotification, type RequestId } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import { Connection, nextRequestId } from './connection.js';
import { unstamped } from './unstamped.js';

/** Many exchanges over one stdio child of revision 2026-07-28; it is started when it is needed, and again when it ended. */
export class SharedChannel {
  private opening?: Promise<Connection>;
  private readonly exchanges = new Map<RequestId, Exchange>();

  constructor(private readonly transport: () => Transport) {}

  async answer(exchange: Exchange): Promise<JsonObject> {
    const connection = await this.connection();
    const id = nextRequestId();
    this.exchanges.set(id, exchange);
    const { method, signal } = exchange;
    try {
      return await connection.request({ method, params: withToken(exchange.params, id), signal, id });
    } catch (error) {
      if (signal.aborted) await connection.notify('notifications/cancelled', { requestId: id }).catch(() => {});
      throw error;
    } finally {
      this.exchanges.delete(id);
    }
  }

  async close(): Promise<void> {
    await (await this.opening?.catch(() => undefined))?.close();
  }

  private async connection(): Promise<Connection> {
    const forget = () => (this.opening = undefined);
    this.opening ??= Connection.open(this.transport(), { onNotification: (n) => this.take(n) }, forget);
    return this.opening.catch((error: unknown) => {
      forget();
      throw error;
    });
  }

  /** Progress names our request, what is subscribed to the request that subscribed; a log message names nothing. */
  private take(notification: JsonRpcNotification): void {
    const { _meta, progressToken } = notification.params ?? {};
    const id = progressToken ?? (_meta as JsonObject | undefined)?.[metaKeys.subscriptionId];
    const exchange = id === undefined ? [...this.exchanges.values()].at(-1) : this.exchanges.get(id as RequestId);
    if (!exchange) return;
    const token = (exchange.params['_meta'] as JsonObject | undefined)?.['progressToken'];
    const own = unstamped(notification);
    exchange.notify(progressToken === undefined ? own : { ...own, params: { ...own.params, progressToken: token } });
  }
}

function withToken(params: JsonObject, id: RequestId): JsonObject {
  const meta = params['_meta'] as JsonObject | undefined;
  return meta?.['progressToken'] === undefined ? params : { ...params, _meta: { ...meta, progressToken: id } };
}
