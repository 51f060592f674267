/** The published protocol revisions, oldest first. */
export const protocolRevisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;

export type ProtocolRevision = (typeof protocolRevisions)[number];

export const latestRevision: ProtocolRevision = '2026-07-28';

/** What a server assumes of an HTTP request that names no revision and belongs to no session. */
export const assumedRevision: ProtocolRevision = '2025-03-26';

export function isProtocolRevision(value: unknown): value is ProtocolRevision {
  return protocolRevisions.some((revision) => revision === value);
}

/** Whether each request carries its own context: no `initialize`, no session, no request from server to client. */
export function isStateless(revision: ProtocolRevision): boolean {
  return revision >= '2026-07-28';
}

/** Whether a message may be a JSON-RPC batch: only one revision ever defined that. */
export function allowsBatch(revision: ProtocolRevision): boolean {
  return revision === '2025-03-26';
}
