import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, type CursorKey } from '@scm/database';
import type { Labels } from '../series/labels.js';

export interface RuleRow {
  id: string;
  workspace_id: string;
  /** Nothing for the workspace's default group. */
  group_id: string | null;
  kind: 'alerting' | 'recording';
  /** The name of the alert, or the metric that is recorded. */
  alert: string;
  expr: string;
  for: string | null;
  keep_firing_for: string | null;
  labels: Labels;
  annotations: Labels;
  created_at: Date;
  last_evaluated_at: Date | null;
  last_error: string | null;
}

export interface NewRule {
  id: string;
  workspaceId: string;
  alert: string;
  expr: string;
  for: string | null;
  keepFiringFor: string | null;
  labels: Labels;
  annotations: Labels;
  createdBy: string;
}

/** A rule of a file: its id is the same as long as group, name and labels are. */
export interface NewFileRule extends NewRule {
  groupId: string;
  kind: 'alerting' | 'recording';
  position: number;
}

const COLUMNS = `id, workspace_id, group_id, kind, alert, expr, "for", keep_firing_for, labels, annotations, created_at,
  last_evaluated_at, last_error`;

@Injectable()
export class RuleRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  async ofAllWorkspaces<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.acrossWorkspaces(work);
  }

  /** Adds the rule; the row of a repeated call stays as it is. */
  async add(tx: EntityManager, rule: NewRule): Promise<RuleRow | undefined> {
    await tx.query(
      `insert into alert_rules (id, workspace_id, alert, expr, "for", keep_firing_for, labels, annotations, created_by,
         created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, date_trunc('milliseconds', now())) on conflict (id) do nothing`,
      [
        rule.id,
        rule.workspaceId,
        rule.alert,
        rule.expr,
        rule.for,
        rule.keepFiringFor,
        JSON.stringify(rule.labels),
        JSON.stringify(rule.annotations),
        rule.createdBy,
      ],
    );
    return (await tx.query<RuleRow[]>(`select ${COLUMNS} from alert_rules where id = $1`, [rule.id]))[0];
  }

  /** Counts up to `limit`, and lets nobody else add one until the transaction ends. */
  async count(tx: EntityManager, workspaceId: string, limit: number): Promise<number> {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`scm.metrics.rules.${workspaceId}`]);
    const [row] = await tx.query<{ count: number }[]>(
      `select count(*)::int as count from (select 1 from alert_rules where workspace_id = $1 limit $2) counted`,
      [workspaceId, limit],
    );
    return row?.count ?? 0;
  }

  async list(tx: EntityManager, limit: number, after?: CursorKey): Promise<RuleRow[]> {
    return tx.query<RuleRow[]>(
      `select ${COLUMNS} from alert_rules
       where group_id is null and ($1::timestamptz is null or (created_at, id) > ($1::timestamptz, $2::uuid))
       order by created_at, id limit $3`,
      [after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  async listAll(tx: EntityManager): Promise<RuleRow[]> {
    return tx.query<RuleRow[]>(`select ${COLUMNS} from alert_rules order by position, created_at, id`);
  }

  /** The rules of groups, and those of the default groups of workspaces, in their order. */
  async listOf(tx: EntityManager, groupIds: readonly string[], workspaceIds: readonly string[]): Promise<RuleRow[]> {
    return tx.query<RuleRow[]>(
      `select ${COLUMNS} from alert_rules where group_id = any($1::uuid[])
         or (group_id is null and workspace_id = any($2::uuid[])) order by position, created_at, id`,
      [groupIds, workspaceIds],
    );
  }

  /** Stores the rules of a file; what is known by its id is changed. */
  async put(tx: EntityManager, rules: readonly NewFileRule[]): Promise<void> {
    if (rules.length === 0) return;
    await tx.query(
      `insert into alert_rules (id, workspace_id, group_id, kind, position, alert, expr, "for", keep_firing_for, labels,
         annotations, created_by, created_at)
       select id, "workspaceId", "groupId", kind, position, alert, expr, "for", "keepFiringFor", labels, annotations,
         "createdBy", date_trunc('milliseconds', now())
       from jsonb_to_recordset($1::jsonb) as one (id uuid, "workspaceId" uuid, "groupId" uuid, kind text, position int,
         alert text, expr text, "for" text, "keepFiringFor" text, labels jsonb, annotations jsonb, "createdBy" text)
       on conflict (id) do update set position = excluded.position, expr = excluded.expr, "for" = excluded."for",
         keep_firing_for = excluded.keep_firing_for, annotations = excluded.annotations`,
      [JSON.stringify(rules)],
    );
  }

  /** Removes the rules of groups but those with the ids. */
  async removeOthers(tx: EntityManager, groupIds: readonly string[], ids: readonly string[]): Promise<RuleRow[]> {
    const [rows] = await tx.query<[RuleRow[], number]>(
      `delete from alert_rules where group_id = any($1::uuid[]) and id <> all($2::uuid[]) returning ${COLUMNS}`,
      [groupIds, ids],
    );
    return rows;
  }

  async remove(tx: EntityManager, id: string): Promise<RuleRow | undefined> {
    const [rows] = await tx.query<[RuleRow[], number]>(`delete from alert_rules where id = $1 returning ${COLUMNS}`, [
      id,
    ]);
    return rows[0];
  }

  /** Those of the rules that are still there; they stay until the transaction ends. */
  async keep(tx: EntityManager, ids: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }[]>(
      `select id from alert_rules where id = any($1::uuid[]) order by id for share`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async markEvaluated(tx: EntityManager, marks: readonly { id: string; error: string | null }[]): Promise<void> {
    await tx.query(
      `update alert_rules set last_evaluated_at = now(), last_error = mark.error
       from unnest($1::uuid[], $2::text[]) as mark (id, error) where alert_rules.id = mark.id`,
      [marks.map(({ id }) => id), marks.map(({ error }) => error)],
    );
  }
}
