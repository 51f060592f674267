import { metaKeys, type JsonObject, type JsonRpcNotification } from '@scm/mcp-messages';

/** The subscription is the client's: whoever speaks to it names it. */
export function unstamped(notification: JsonRpcNotification): JsonRpcNotification {
  const { _meta, ...params } = notification.params ?? {};
  if (_meta === undefined) return notification;
  const { [metaKeys.subscriptionId]: _, ...kept } = _meta as JsonObject;
  return { ...notification, params: { ...params, ...(Object.keys(kept).length > 0 && { _meta: kept }) } };
}
