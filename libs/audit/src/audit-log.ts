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

/** A record as the columns of its row. */
export type AuditRow = Record<(typeof COLUMNS)[number], string | null>;

const COLUMNS = [
  'id',
  'workspace_id',
  'actor_kind',
  'actor_id',
  'actor_name',
  'on_behalf_of',
  'action',
  'resource_type',
  'resource_id',
  'outcome',
  'reason',
  'details',
  'trace_id',
] as const;

/**
 * For whoever writes many effects with one statement: inserts the rows that the query `source` gives as one jsonb each,
 * in a column named `audit`.
 */
export function auditInsert(source: string): string {
  const types: Partial<Record<(typeof COLUMNS)[number], string>> = {
    id: 'uuid',
    workspace_id: 'uuid',
    details: 'jsonb',
  };
  const values = COLUMNS.map((name) => `(audit->>'${name}')::${types[name] ?? 'text'}`);
  return `insert into audit_events (${COLUMNS.join(', ')}) select ${values.join(', ')} from ${source} on conflict do nothing`;
}

/** Puts accesses and effects on record. */
export class AuditLog {
  /** Inserts the row in the transaction of the effect: without the row there is no effect. */
  async record(tx: EntityManager, record: AuditRecord): Promise<void> {
    const row = this.rowOf(record);
    const places = COLUMNS.map((_, i) => `$${i + 1}`).join(', ');
    await tx.query(
      `insert into audit_events (${COLUMNS.join(', ')}) values (${places}) on conflict do nothing`,
      COLUMNS.map((name) => row[name]),
    );
  }

  /** Whether the effect of that row was committed: of a call that is repeated, since the first try died unanswered. */
  async isRecorded(tx: EntityManager, { id }: AuditRow): Promise<boolean> {
    return (await tx.query<unknown[]>(`select 1 from audit_events where id = $1`, [id])).length > 0;
  }

  /** The same as values, for `auditInsert`. Made where the call is handled: a call that is repeated makes the same id. */
  rowOf({ actor, ...entry }: AuditRecord): AuditRow {
    return {
      id: newId(),
      workspace_id: actor.workspaceId,
      actor_kind: actor.kind,
      actor_id: text(actor.id, 128) ?? '-',
      actor_name: text(actor.name, 128) ?? '-',
      on_behalf_of: text(actor.onBehalfOf, 128),
      action: text(entry.action, 128) ?? '-',
      resource_type: text(entry.resourceType, 64),
      resource_id: text(entry.resourceId, 256),
      outcome: entry.outcome,
      reason: text(entry.reason, 512),
      details: detailsText(entry.details),
      trace_id: text(entry.traceId, 32),
    };
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
