import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AlertTransition, Severity } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';

export interface AlertRow {
  id: string;
  workspace_id: string;
  rule_id: string;
  fingerprint: string;
  name: string;
  state: 'firing' | 'resolved';
  severity: Severity;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  value: number;
  starts_at: Date;
  ends_at: Date | null;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  created_at: Date;
}

@Injectable()
export class AlertsRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  /** @returns the alert when this changed it; undefined when it was known so, or had ended before its begin came. */
  async fire(tx: EntityManager, a: AlertTransition, severity: Severity): Promise<AlertRow | undefined> {
    const rows = await tx.query<AlertRow[]>(
      `insert into alerts (id, workspace_id, rule_id, fingerprint, name, state, severity, labels, annotations, value, starts_at)
       values ($1, $2, $3, $4, $5, 'firing', $6, $7, $8, $9, $10) on conflict do nothing returning *`,
      valuesOf(a, severity),
    );
    return rows[0];
  }

  async resolve(tx: EntityManager, a: AlertTransition, severity: Severity): Promise<AlertRow | undefined> {
    const rows = await tx.query<AlertRow[]>(
      `insert into alerts (id, workspace_id, rule_id, fingerprint, name, state, severity, labels, annotations, value, starts_at, ends_at)
       values ($1, $2, $3, $4, $5, 'resolved', $6, $7, $8, $9, $10, coalesce($11::timestamptz, now()))
       on conflict (id) do update set state = 'resolved', ends_at = excluded.ends_at, value = excluded.value
         where alerts.state = 'firing' returning *`,
      [...valuesOf(a, severity), a.endsAt ?? null],
    );
    return rows[0];
  }

  async find(tx: EntityManager, id: string): Promise<AlertRow | undefined> {
    const rows = await tx.query<AlertRow[]>(`select * from alerts where id = $1`, [id]);
    return rows[0];
  }

  /** Newest first. */
  async list(
    tx: EntityManager,
    workspaceId: string,
    state: string | undefined,
    limit: number,
    before?: CursorKey,
  ): Promise<AlertRow[]> {
    return tx.query<AlertRow[]>(
      `select * from alerts where workspace_id = $1 and ($2::text is null or state = $2)
         and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
       order by created_at desc, id desc limit $5`,
      [workspaceId, state ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
    );
  }

  /** The firing alerts whose labels have every given one. */
  async firingWith(tx: EntityManager, workspaceId: string, matchers: Record<string, string>): Promise<AlertRow[]> {
    return tx.query<AlertRow[]>(
      `select * from alerts where workspace_id = $1 and state = 'firing' and labels @> $2::jsonb limit 1000`,
      [workspaceId, JSON.stringify(matchers)],
    );
  }

  /** @returns false when it is acknowledged already or does not fire. */
  async acknowledge(tx: EntityManager, id: string, by: string): Promise<boolean> {
    const [, changed] = await tx.query<[unknown[], number]>(
      `update alerts set acknowledged_at = now(), acknowledged_by = $2
       where id = $1 and state = 'firing' and acknowledged_at is null`,
      [id, by],
    );
    return changed > 0;
  }
}

function valuesOf(a: AlertTransition, severity: Severity): unknown[] {
  const [labels, annotations] = [JSON.stringify(a.labels), JSON.stringify(a.annotations)];
  const who = [a.alertId, a.workspaceId, a.ruleId, a.fingerprint, a.alertName];
  return [...who, severity, labels, annotations, a.value, a.startsAt];
}
