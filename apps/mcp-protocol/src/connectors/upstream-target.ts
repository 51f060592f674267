import type { JsonObject } from '@scm/mcp-messages';

/** Where an upstream server is and how its messages get there. */
export type UpstreamTarget =
  | { transport: 'streamable-http' | 'sse'; url: string; headers: Readonly<Record<string, string>> }
  | { transport: 'stdio'; command: string; args: readonly string[] };

/** Who uses an upstream: two principals never share a session. */
export interface UpstreamClient {
  /** The workspace and the caller. */
  principal: string;
  /** The parameters that open its session: they say what its client can do. */
  initialize: JsonObject;
}
