import type { Icon } from './content.js';
import type { JsonObject, JsonRpcNotification, JsonRpcRequest, RequestOf } from './json-rpc.js';
import type { RequestMeta } from './request-meta.js';
import type { CacheHint, CompleteResult } from './result.js';

/** The software at one end. */
export interface Implementation {
  name: string;
  version: string;
  title?: string;
  description?: string;
  websiteUrl?: string;
  icons?: Icon[];
}

export interface ClientCapabilities {
  experimental?: Record<string, JsonObject>;
  /** Since 2026-07-28. */
  extensions?: Record<string, JsonObject>;
  roots?: { listChanged?: boolean };
  sampling?: { context?: JsonObject; tools?: JsonObject };
  elicitation?: { form?: JsonObject; url?: JsonObject };
  /** Only 2025-11-25; later an extension. */
  tasks?: JsonObject;
}

export interface ServerCapabilities {
  experimental?: Record<string, JsonObject>;
  /** Since 2026-07-28. */
  extensions?: Record<string, JsonObject>;
  logging?: JsonObject;
  completions?: JsonObject;
  prompts?: { listChanged?: boolean };
  resources?: { subscribe?: boolean; listChanged?: boolean };
  tools?: { listChanged?: boolean };
  /** Only 2025-11-25; later an extension. */
  tasks?: JsonObject;
}

/** Opens a session, up to 2025-11-25. */
export type InitializeRequest = RequestOf<
  'initialize',
  { protocolVersion: string; capabilities: ClientCapabilities; clientInfo: Implementation; _meta?: JsonObject }
>;

export interface InitializeResult {
  protocolVersion: string;
  capabilities: ServerCapabilities;
  serverInfo: Implementation;
  instructions?: string;
  _meta?: JsonObject;
}

export interface InitializedNotification extends JsonRpcNotification {
  method: 'notifications/initialized';
}

/** Asks what a server offers, since 2026-07-28. */
export type DiscoverRequest = RequestOf<'server/discover', { _meta: RequestMeta }>;

export interface DiscoverResult extends CompleteResult, CacheHint {
  supportedVersions: string[];
  capabilities: ServerCapabilities;
  instructions?: string;
}

/** Up to 2025-11-25; the answer is an empty result. */
export interface PingRequest extends JsonRpcRequest {
  method: 'ping';
}
