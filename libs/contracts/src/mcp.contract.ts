import { rpc } from './define.js';
import { JsonValue, Text, TextMap, Whole } from './fields.js';

/** One HTTP exchange of the MCP door: the body as text, the headers that matter to the protocol, lower case. */
export class McpRequest {
  @Text({ max: 8, pattern: /^(GET|POST|DELETE)$/ }) method: string;
  @TextMap({ maxValue: 8_192 }) headers: Record<string, string>;
  @Text({ min: 0, max: 4_194_304 }) body: string;
}

/** The HTTP answer; `body` is the JSON text, or empty. */
export class McpReply {
  @Whole({ min: 100, max: 599 }) status: number;
  @TextMap({ maxValue: 8_192 }) headers: Record<string, string>;
  @JsonValue({ optional: true }) body?: string;
}

const service = 'mcp-protocol';

export const McpApi = {
  handle: rpc('mcp.v1.handle', McpRequest, McpReply, { service, access: 'mcp:use', changes: false, timeoutMs: 60_000 }),
};
