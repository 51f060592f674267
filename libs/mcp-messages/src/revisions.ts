/** The published protocol revisions, oldest first. */
export const protocolRevisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;

export type ProtocolRevision = (typeof protocolRevisions)[number];

export const latestRevision = '2026-07-28' satisfies ProtocolRevision;

/** What a server assumes of an HTTP request that names no revision and belongs to no session. */
export const assumedRevision: ProtocolRevision = '2025-03-26';

export function isProtocolRevision(value: unknown): value is ProtocolRevision {
  return protocolRevisions.some((revision) => revision === value);
}

/** Below 0 when `a` is older than `b`, 0 for the same. */
export function compareRevisions(a: ProtocolRevision, b: ProtocolRevision): number {
  return protocolRevisions.indexOf(a) - protocolRevisions.indexOf(b);
}

/** Whether each request carries its own context: no `initialize`, no session, no request from server to client. */
export function isStateless(revision: ProtocolRevision): boolean {
  return revision >= '2026-07-28';
}

/** Whether a message may be a JSON-RPC batch: only one revision ever defined that. */
export function allowsBatch(revision: ProtocolRevision): boolean {
  return revision === '2025-03-26';
}

/**
 * What a server answers to `initialize`: the requested revision where it serves that in sessions, else the newest it
 * does. Undefined when it serves none in sessions. The client leaves if it does not know the answer.
 */
export function negotiateSession(
  requested: string,
  served: readonly ProtocolRevision[] = protocolRevisions,
): ProtocolRevision | undefined {
  const sessions = served.filter((revision) => !isStateless(revision)).sort(compareRevisions);
  return sessions.find((revision) => revision === requested) ?? sessions.at(-1);
}

/** The newest revision that both ends know; undefined when they have none in common. */
export function newestCommon(
  ours: readonly ProtocolRevision[],
  theirs: readonly string[],
): ProtocolRevision | undefined {
  return ours
    .filter((revision) => theirs.includes(revision))
    .sort(compareRevisions)
    .at(-1);
}
