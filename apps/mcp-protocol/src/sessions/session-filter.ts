import type { JsonObject } from '@scm/mcp-messages';

const TASK = 'scm-task:';

/** How a task stands among what a session is subscribed to; no resource has such an address. */
export function taskUri(id: string): string {
  return `${TASK}${id}`;
}

/** What `subscriptions/listen` asks for the client of a session: all lists, its resources, its tasks. */
export function filterFor(subscriptions: readonly string[]): JsonObject {
  const lists = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
  const taskIds = subscriptions.filter((uri) => uri.startsWith(TASK)).map((uri) => uri.slice(TASK.length));
  const resourceSubscriptions = subscriptions.filter((uri) => !uri.startsWith(TASK));
  return {
    notifications: {
      ...lists,
      ...(resourceSubscriptions.length > 0 && { resourceSubscriptions }),
      ...(taskIds.length > 0 && { taskIds }),
    },
  };
}
