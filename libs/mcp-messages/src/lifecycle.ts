import { clientCapabilities, implementation, serverCapabilities } from './capabilities.js';
import { cacheHint } from './content.js';
import { text } from './leaves.js';
import { noNotificationParams, noParams, notification, request, requestParams, result } from './message.js';
import type { ModelOf } from './model-of.js';
import { list, optional } from './model.js';

/** Opens a session, up to 2025-11-25. */
export const initializeParams = requestParams({
  protocolVersion: text,
  capabilities: clientCapabilities,
  clientInfo: implementation,
});
export const initializeRequest = request('initialize', initializeParams);
export const initializeResult = result({
  protocolVersion: text,
  capabilities: serverCapabilities,
  serverInfo: implementation,
  instructions: optional(text),
});

export const initializedNotification = notification('notifications/initialized', optional(noNotificationParams));

/** Asks what a server offers, since 2026-07-28. */
export const discoverRequest = request('server/discover', noParams);
export const discoverResult = result({
  ...cacheHint,
  supportedVersions: list(text),
  capabilities: serverCapabilities,
  instructions: optional(text),
});

/** Up to 2025-11-25; the answer is an empty result. */
export const pingRequest = request('ping', optional(noParams));

export type InitializeRequest = ModelOf<typeof initializeRequest, '2025-11-25'>;
export type InitializeResult = ModelOf<typeof initializeResult, '2025-11-25'>;
export type InitializedNotification = ModelOf<typeof initializedNotification, '2025-11-25'>;
export type DiscoverRequest = ModelOf<typeof discoverRequest>;
export type DiscoverResult = ModelOf<typeof discoverResult>;
export type PingRequest = ModelOf<typeof pingRequest, '2025-11-25'>;
