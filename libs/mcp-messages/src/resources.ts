import type { Annotations, BlobResourceContents, Icon, TextResourceContents } from './content.js';
import type { JsonObject, NotificationOf, RequestOf } from './json-rpc.js';
import type { RequestMeta } from './request-meta.js';
import type { CacheHint, CompleteResult, InputResponses } from './result.js';

export interface Resource {
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
  /** In bytes, before any encoding. */
  size?: number;
  annotations?: Annotations;
  icons?: Icon[];
  _meta?: JsonObject;
}

export interface ResourceTemplate {
  /** RFC 6570. */
  uriTemplate: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
  annotations?: Annotations;
  icons?: Icon[];
  _meta?: JsonObject;
}

export type ListResourcesRequest = RequestOf<'resources/list', { _meta: RequestMeta; cursor?: string }>;

export interface ListResourcesResult extends CompleteResult, CacheHint {
  resources: Resource[];
  nextCursor?: string;
}

export type ListResourceTemplatesRequest = RequestOf<
  'resources/templates/list',
  { _meta: RequestMeta; cursor?: string }
>;

export interface ListResourceTemplatesResult extends CompleteResult, CacheHint {
  resourceTemplates: ResourceTemplate[];
  nextCursor?: string;
}

export type ReadResourceRequest = RequestOf<'resources/read', { _meta: RequestMeta; uri: string } & InputResponses>;

export interface ReadResourceResult extends CompleteResult, CacheHint {
  contents: (TextResourceContents | BlobResourceContents)[];
}

export type ResourceUpdatedNotification = NotificationOf<
  'notifications/resources/updated',
  { uri: string; _meta?: JsonObject }
>;
