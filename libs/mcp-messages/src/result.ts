import type { JsonObject } from './json-rpc.js';
import type { Implementation } from './lifecycle.js';
import type { metaKeys } from './request-meta.js';

export interface ResultMeta {
  [metaKeys.serverInfo]?: Implementation;
  [key: string]: unknown;
}

/** What every final result of 2026-07-28 carries; earlier revisions have no `resultType`. */
export interface CompleteResult {
  resultType: 'complete';
  _meta?: ResultMeta;
}

/** How long a result may be kept, and whether it may be shared between callers. Since 2026-07-28. */
export interface CacheHint {
  ttlMs: number;
  cacheScope: 'public' | 'private';
}

/** The server needs answers before it can finish: ask again with them and the same state. Since 2026-07-28. */
export interface InputRequiredResult {
  resultType: 'input_required';
  _meta?: ResultMeta;
  inputRequests?: Record<string, InputRequest>;
  /** Opaque to the client, attacker-controlled input to the server. */
  requestState?: string;
}

/** An embedded request: it has no id, its key in the map stands for it. */
export interface InputRequest {
  method: 'elicitation/create' | 'sampling/createMessage' | 'roots/list';
  params?: JsonObject;
}

/** What a retried request carries. */
export interface InputResponses {
  inputResponses?: Record<string, JsonObject>;
  requestState?: string;
}
