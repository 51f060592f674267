export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;
export const INTERNAL_ERROR = -32_603;
/** The door before the protocol refuses, such as for its limits. */
export const REFUSED = -32_000;
export const HEADER_MISMATCH = -32_020;

/** One JSON-RPC message, as far as it matters to whoever passes it on. */
export interface Message {
  jsonrpc: '2.0';
  id?: string | number;
  method?: string;
  params?: { _meta?: Record<string, unknown>; [name: string]: unknown };
  result?: { protocolVersion?: unknown; tools?: ToolEntry[] };
  error?: { code: number; message: string; data?: unknown };
}

export interface ToolEntry {
  name: string;
  inputSchema?: { properties?: Record<string, { 'x-mcp-header'?: unknown }> };
}

const VERSION = 'io.modelcontextprotocol/protocolVersion';

/** Does the message carry its own context, as from 2026-07-28 on? */
export function isStateless({ params }: Message): boolean {
  return typeof params?._meta?.[VERSION] === 'string';
}
