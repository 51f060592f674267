import { anyResourceContents, annotations, cacheHint, icons, meta, named, resourceFields } from './content.js';
import { retried } from './input-required.js';
import { text } from './leaves.js';
import {
  listParams,
  noNotificationParams,
  notification,
  notificationParams,
  page,
  request,
  requestParams,
  result,
} from './message.js';
import type { ModelOf } from './model-of.js';
import { list, object, optional } from './model.js';

export const resource = object(resourceFields);

/** `uriTemplate` is RFC 6570. */
export const resourceTemplate = object({
  ...named,
  uriTemplate: text,
  description: optional(text),
  mimeType: optional(text),
  annotations: optional(annotations),
  ...icons,
  ...meta,
});

export const listResourcesRequest = request('resources/list', listParams);
export const listResourcesResult = result({ ...cacheHint, ...page, resources: list(resource) });

export const listResourceTemplatesRequest = request('resources/templates/list', listParams);
export const listResourceTemplatesResult = result({
  ...cacheHint,
  ...page,
  resourceTemplates: list(resourceTemplate),
});

export const ofResource = requestParams({ uri: text });

export const readResourceParams = requestParams({ uri: text, ...retried });
export const readResourceRequest = request('resources/read', readResourceParams);
export const readResourceResult = result({ ...cacheHint, contents: list(anyResourceContents) });

/** Up to 2025-11-25; later the filter of `subscriptions/listen` names the resources. */
export const subscribeRequest = request('resources/subscribe', ofResource);
export const unsubscribeRequest = request('resources/unsubscribe', ofResource);

export const resourceUpdatedParams = notificationParams({ uri: text });
export const resourceUpdatedNotification = notification('notifications/resources/updated', resourceUpdatedParams);
export const resourceListChangedNotification = notification(
  'notifications/resources/list_changed',
  optional(noNotificationParams),
);

export type Resource = ModelOf<typeof resource>;
export type ResourceTemplate = ModelOf<typeof resourceTemplate>;
export type ListResourcesRequest = ModelOf<typeof listResourcesRequest>;
export type ListResourcesResult = ModelOf<typeof listResourcesResult>;
export type ListResourceTemplatesRequest = ModelOf<typeof listResourceTemplatesRequest>;
export type ListResourceTemplatesResult = ModelOf<typeof listResourceTemplatesResult>;
export type ReadResourceRequest = ModelOf<typeof readResourceRequest>;
export type ReadResourceResult = ModelOf<typeof readResourceResult>;
export type SubscribeRequest = ModelOf<typeof subscribeRequest, '2025-11-25'>;
export type UnsubscribeRequest = ModelOf<typeof unsubscribeRequest, '2025-11-25'>;
export type ResourceUpdatedNotification = ModelOf<typeof resourceUpdatedNotification>;
export type ResourceListChangedNotification = ModelOf<typeof resourceListChangedNotification>;
