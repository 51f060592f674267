import type { FetchLike } from '@modelcontextprotocol/client';
import type { JsonObject, JsonRpcNotification } from '@scm/mcp-messages';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { Connection, nextRequestId } from './connection.js';
import { SharedChannel } from './shared-channel.js';
import { unstamped } from './unstamped.js';
import { sharesOneChannel, transportTo } from './transports.js';
import type { UpstreamTarget } from './upstream-target.js';

/** An upstream of revision 2026-07-28: what is canonical already passes as it is. */
export class ModernUpstream implements Provider {
  private readonly channel?: SharedChannel;

  constructor(
    private readonly target: UpstreamTarget,
    private readonly fetch: FetchLike,
    /** The headers that repeat arguments of a call. */
    private readonly headersOf: (exchange: Exchange) => Readonly<Record<string, string>> = () => ({}),
  ) {
    if (sharesOneChannel(target)) this.channel = new SharedChannel(() => transportTo(target, fetch));
  }

  async answer(exchange: Exchange): Promise<JsonObject> {
    if (this.channel) return this.channel.answer(exchange);
    const { method, params, signal } = exchange;
    const onNotification = (notification: JsonRpcNotification) => exchange.notify(unstamped(notification));
    const connection = await Connection.open(transportTo(this.target, this.fetch), { onNotification });
    try {
      return await connection.request({
        method,
        params,
        signal,
        headers: this.headersOf(exchange),
        id: nextRequestId(),
      });
    } finally {
      await connection.close();
    }
  }

  async close(): Promise<void> {
    await this.channel?.close();
  }
}
