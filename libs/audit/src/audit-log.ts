import { createHash } from 'node:crypto';
import type { Actor } from '@scm/contracts';
import { newId } from '@scm/database';
import type { EntityManager } from 'typeorm';

export const auditOutcomes = ['allowed', 'denied', 'failed', 'started', 'done', 'unknown'] as const;

export type AuditOutcome = (typeof auditOutcomes)[number];

/** Who did it: an actor, or someone who did not prove who they are. */
export type AuditActor = Pick<Actor, 'id' | 'name' | 'workspaceId' | 'onBehalfOf'> & {
  kind: Actor['kind'] | 'anonymous';
};

export interface AuditRecord {
  actor: AuditActor;
  /** A permission, or a verb such as `auth.login`. */
  action: string;
  outcome: AuditOutcome;
  resourceType?: string;
  resourceId?: string;
  /** Why it was denied or failed. */
  reason?: string;
  /** What may be shown to whoever reads the audit: ids and digests, never secrets. */
  details?: Readonly<Record<string, unknown>>;
  /** 32 hexadecimal digits. */
  traceId?: string;
}

const MAX_DETAILS_BYTES = 4_096;

/** Puts accesses and effects on record. */
export class AuditLog {
  /** Inserts the row in the transaction of the effect: without the row there is no effect. */
  async record(tx: EntityManager, { actor, ...entry }: AuditRecord): Promise<void> {
    await tx.query(
      `insert into audit_events (id, workspace_id, actor_kind, actor_id, actor_name, on_behalf_of, action,
         resource_type, resource_id, outcome, reason, details, trace_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing`,
      [
        // A call that is repeated after a crash makes the same id again.
        newId(),
        actor.workspaceId,
        actor.kind,
        text(actor.id, 128) ?? '-',
        text(actor.name, 128) ?? '-',
        text(actor.onBehalfOf, 128),
        text(entry.action, 128) ?? '-',
        text(entry.resourceType, 64),
        text(entry.resourceId, 256),
        entry.outcome,
        text(entry.reason, 512),
        detailsText(entry.details),
        text(entry.traceId, 32),
      ],
    );
  }
}

/** The SHA-256 of a value as JSON, to put on record what was asked without keeping it. */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('base64url');
}

// What auth or Postgres would refuse must not undo the effect: it is cut or replaced.
function text(value: string | undefined, maxLength: number): string | null {
  return (
    clean(value ?? '')
      .slice(0, maxLength)
      .toWellFormed() || null
  );
}

function detailsText(details: AuditRecord['details']): string | null {
  if (details === undefined) return null;
  const json = JSON.stringify(details, (_key, value: unknown) => cleanJson(value));
  return Buffer.byteLength(json) <= MAX_DETAILS_BYTES
    ? json
    : JSON.stringify({ tooLong: true, digest: digestOf(details) });
}

function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [clean(key), inner]));
}

function clean(value: string): string {
  return value.replaceAll('\0', '\u{FFFD}').toWellFormed();
}
