export {
  allowsBatch,
  assumedRevision,
  isProtocolRevision,
  isStateless,
  latestRevision,
  protocolRevisions,
  type ProtocolRevision,
} from './revisions.js';
export {
  type JsonObject,
  type JsonRpcErrorBody,
  type JsonRpcErrorResponse,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResultResponse,
  type NotificationOf,
  type ProgressToken,
  type RequestId,
  type RequestOf,
} from './json-rpc.js';
export { errorCodes, ProtocolError } from './protocol-error.js';
export { parseMessage, parseText, type ParsedMessage, type ParsedSingle } from './parse.js';
export {
  hasRequestMeta,
  logLevels,
  metaKeys,
  readRequestMeta,
  type LogLevel,
  type RequestMeta,
} from './request-meta.js';
export { checkMirroredHeaders, mirroredHeaders, mirrorHeaders } from './mirrored-headers.js';
export type {
  Annotations,
  AudioContent,
  BlobResourceContents,
  ContentBlock,
  EmbeddedResource,
  Icon,
  ImageContent,
  ResourceLink,
  TextContent,
  TextResourceContents,
} from './content.js';
export type {
  CacheHint,
  CompleteResult,
  InputRequest,
  InputRequiredResult,
  InputResponses,
  ResultMeta,
} from './result.js';
export type {
  ClientCapabilities,
  DiscoverRequest,
  DiscoverResult,
  Implementation,
  InitializedNotification,
  InitializeRequest,
  InitializeResult,
  PingRequest,
  ServerCapabilities,
} from './lifecycle.js';
export type {
  CallToolRequest,
  CallToolResult,
  ListToolsRequest,
  ListToolsResult,
  Tool,
  ToolAnnotations,
  ToolListChangedNotification,
} from './tools.js';
export type {
  ListResourcesRequest,
  ListResourcesResult,
  ListResourceTemplatesRequest,
  ListResourceTemplatesResult,
  ReadResourceRequest,
  ReadResourceResult,
  Resource,
  ResourceTemplate,
  ResourceUpdatedNotification,
} from './resources.js';
export type {
  SubscriptionFilter,
  SubscriptionsAcknowledgedNotification,
  SubscriptionsListenRequest,
  SubscriptionsListenResult,
} from './subscriptions.js';
