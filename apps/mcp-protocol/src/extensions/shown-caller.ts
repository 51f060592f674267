import type { PluginCaller } from './host-functions.js';

/** What code of a plugin is told of the one it runs for. */
export function shownCaller({ actor, server }: PluginCaller): object {
  const { id, kind, name, workspaceId } = actor;
  return { actor: { id, kind, name, workspaceId }, ...(server !== undefined && { server }) };
}
