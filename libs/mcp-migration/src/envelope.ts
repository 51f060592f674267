import { isJsonObject } from '@scm/mcp-messages';

const known = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];

/**
 * A message of a peer with only the members that JSON-RPC knows, and the names of the others. Doors refuse those; a
 * bridge does not fail a call because its upstream says more.
 */
export function knownMembers(message: unknown): { message: unknown; unknown: string[] } {
  if (!isJsonObject(message)) return { message, unknown: [] };
  const unknown = Object.keys(message).filter((key) => !known.includes(key));
  if (unknown.length === 0) return { message, unknown };
  return { message: Object.fromEntries(Object.entries(message).filter(([key]) => known.includes(key))), unknown };
}
