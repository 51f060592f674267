import type { ContentBlock, Icon } from './content.js';
import type { JsonObject, JsonRpcNotification, RequestOf } from './json-rpc.js';
import type { RequestMeta } from './request-meta.js';
import type { CacheHint, CompleteResult, InputResponses } from './result.js';

export interface Tool {
  name: string;
  /** Shown before `annotations.title` and `name`. Since 2025-06-18. */
  title?: string;
  description?: string;
  /** JSON Schema 2020-12 of the arguments. */
  inputSchema: { type: 'object'; [keyword: string]: unknown };
  /** JSON Schema of `structuredContent`; before 2026-07-28 its type is `object`. Since 2025-06-18. */
  outputSchema?: JsonObject;
  annotations?: ToolAnnotations;
  icons?: Icon[];
  _meta?: JsonObject;
}

/** Hints of the server about its tool, not to be relied on. Since 2025-03-26. */
export interface ToolAnnotations {
  title?: string;
  readOnlyHint?: boolean;
  destructiveHint?: boolean;
  idempotentHint?: boolean;
  openWorldHint?: boolean;
}

export type ListToolsRequest = RequestOf<'tools/list', { _meta: RequestMeta; cursor?: string }>;

export interface ListToolsResult extends CompleteResult, CacheHint {
  tools: Tool[];
  nextCursor?: string;
}

export type CallToolRequest = RequestOf<
  'tools/call',
  { _meta: RequestMeta; name: string; arguments?: JsonObject } & InputResponses
>;

/** A tool that failed says so here, where the model sees it; only a call that could not be made is a JSON-RPC error. */
export interface CallToolResult extends CompleteResult {
  content: ContentBlock[];
  structuredContent?: unknown;
  isError?: boolean;
}

export interface ToolListChangedNotification extends JsonRpcNotification {
  method: 'notifications/tools/list_changed';
}
