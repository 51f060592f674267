import type { NotificationOf, RequestOf, RequestId } from './json-rpc.js';
import type { metaKeys, RequestMeta } from './request-meta.js';
import type { ResultMeta } from './result.js';

/** The notifications a client wants; what it does not name here is not sent. */
export interface SubscriptionFilter {
  toolsListChanged?: boolean;
  promptsListChanged?: boolean;
  resourcesListChanged?: boolean;
  /** URIs. */
  resourceSubscriptions?: string[];
}

/** The request's id names the subscription in every notification on its stream. */
interface SubscriptionMeta {
  [metaKeys.subscriptionId]: RequestId;
  [key: string]: unknown;
}

/** Stays open: the notifications come on its own stream. Since 2026-07-28. */
export type SubscriptionsListenRequest = RequestOf<
  'subscriptions/listen',
  { _meta: RequestMeta; notifications: SubscriptionFilter }
>;

/** The first message on the stream: what of the filter the server agreed to. */
export type SubscriptionsAcknowledgedNotification = NotificationOf<
  'notifications/subscriptions/acknowledged',
  { _meta: SubscriptionMeta; notifications: SubscriptionFilter }
>;

/** The last message on the stream, when the server ends it. */
export interface SubscriptionsListenResult {
  resultType: 'complete';
  _meta: ResultMeta & SubscriptionMeta;
}
