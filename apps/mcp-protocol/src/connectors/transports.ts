import { StreamableHTTPClientTransport, type FetchLike, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { sseTransport } from './sse-transport.js';
import type { UpstreamTarget } from './upstream-target.js';

/** The session that further messages belong to. */
export interface SessionHeaders {
  sessionId?: string;
  protocolVersion?: string;
}

const reconnection = {
  initialReconnectionDelay: 500,
  maxReconnectionDelay: 10_000,
  reconnectionDelayGrowFactor: 2,
  maxRetries: 5,
};

/** The official client's transport to an upstream. `fetch` is the guarded way out. */
export function transportTo(target: UpstreamTarget, fetch: FetchLike, session: SessionHeaders = {}): Transport {
  switch (target.transport) {
    case 'streamable-http': {
      const options = { fetch, requestInit: { headers: { ...target.headers } }, reconnectionOptions: reconnection };
      return new StreamableHTTPClientTransport(new URL(target.url), { ...options, ...session });
    }
    case 'sse':
      return sseTransport(new URL(target.url), fetch, { ...target.headers });
    case 'stdio':
      return new StdioClientTransport({ command: target.command, args: [...target.args], stderr: 'ignore', env: {} });
    default: {
      const exhausted: never = target;
      return exhausted;
    }
  }
}

/** Whether every message travels over one channel, so that an upstream's requests do not say which call they belong to. */
export function sharesOneChannel({ transport }: UpstreamTarget): boolean {
  return transport !== 'streamable-http';
}
