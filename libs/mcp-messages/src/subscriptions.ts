import { flag, text, token } from './leaves.js';
import { emptyResult, notification, notificationParams, request, requestParams } from './message.js';
import { resultMetaObject } from './meta.js';
import { metaKeys } from './meta-keys.js';
import type { ModelOf } from './model-of.js';
import { list, object, open, optional } from './model.js';

/** The notifications a client wants; what it does not name here is not sent. Resources are named by URI. */
export const subscriptionFilter = object({
  toolsListChanged: optional(flag),
  promptsListChanged: optional(flag),
  resourcesListChanged: optional(flag),
  resourceSubscriptions: optional(list(text)),
});

/** Stays open: the notifications come on its own stream. Since 2026-07-28. */
export const subscriptionsListenParams = requestParams({ notifications: subscriptionFilter });
export const subscriptionsListenRequest = request('subscriptions/listen', subscriptionsListenParams);

/** The first message on the stream: what of the filter the server agreed to. */
export const subscriptionsAcknowledgedParams = notificationParams({ notifications: subscriptionFilter });
export const subscriptionsAcknowledgedNotification = notification(
  'notifications/subscriptions/acknowledged',
  subscriptionsAcknowledgedParams,
);

/** The request's id names the subscription in every notification on its stream. */
export const subscriptionResultMeta = open({ ...resultMetaObject.fields, [metaKeys.subscriptionId]: token });

/** The last message on the stream, when the server ends it. */
export const subscriptionsListenResult = object({ ...emptyResult.fields, _meta: subscriptionResultMeta });

export type SubscriptionFilter = ModelOf<typeof subscriptionFilter>;
export type SubscriptionsListenRequest = ModelOf<typeof subscriptionsListenRequest>;
export type SubscriptionsAcknowledgedNotification = ModelOf<typeof subscriptionsAcknowledgedNotification>;
export type SubscriptionsListenResult = ModelOf<typeof subscriptionsListenResult>;
