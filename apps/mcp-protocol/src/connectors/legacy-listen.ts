import { isJsonObject, type JsonObject, type SubscriptionFilter } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import type { LegacySession } from './legacy-session.js';

/** Subscribes for as long as the exchange lasts, and tells what the session hears of it. */
export async function listenLegacy(session: LegacySession, exchange: Exchange): Promise<JsonObject> {
  const wanted = (exchange.params['notifications'] ?? {}) as SubscriptionFilter;
  const agreed = agreedOf(wanted, session.welcome.capabilities);
  const { signal } = exchange;
  const stop = session.listen((notification) => {
    if (isWanted(agreed, notification.method, notification.params?.['uri'])) exchange.notify(notification);
  });
  const uris = agreed.resourceSubscriptions ?? [];
  try {
    for (const uri of uris) await session.subscribe(uri, signal);
    const params = { notifications: agreed as JsonObject };
    exchange.notify({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params });
    await session.lostOr(signal);
  } finally {
    stop();
    for (const uri of uris) await session.unsubscribe(uri).catch(() => {});
  }
  return { resultType: 'complete' };
}

function agreedOf(wanted: SubscriptionFilter, { tools, prompts, resources }: JsonObject): SubscriptionFilter {
  const tells = (capability: unknown) => isJsonObject(capability) && capability['listChanged'] === true;
  const subscribes = isJsonObject(resources) && resources['subscribe'] === true;
  return {
    ...(wanted.toolsListChanged && tells(tools) && { toolsListChanged: true }),
    ...(wanted.promptsListChanged && tells(prompts) && { promptsListChanged: true }),
    ...(wanted.resourcesListChanged && tells(resources) && { resourcesListChanged: true }),
    ...(wanted.resourceSubscriptions && subscribes && { resourceSubscriptions: wanted.resourceSubscriptions }),
  };
}

function isWanted(agreed: SubscriptionFilter, method: string, uri: unknown): boolean {
  switch (method) {
    case 'notifications/tools/list_changed':
      return agreed.toolsListChanged === true;
    case 'notifications/prompts/list_changed':
      return agreed.promptsListChanged === true;
    case 'notifications/resources/list_changed':
      return agreed.resourcesListChanged === true;
    case 'notifications/resources/updated':
      // A part of a resource may be told of under an address of its own.
      return agreed.resourceSubscriptions?.some((of) => String(uri).startsWith(of)) ?? false;
    default:
      return false;
  }
}
