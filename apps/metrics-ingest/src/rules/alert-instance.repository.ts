import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Labels } from '../series/labels.js';

export interface AlertInstance {
  workspaceId: string;
  ruleId: string;
  fingerprint: string;
  state: 'pending' | 'firing';
  labels: Labels;
  annotations: Labels;
  value: number;
  activeAt: Date;
  /** Of a firing instance. */
  alertId: string | null;
  firedAt: Date | null;
  /** Since when it fires though its condition no longer holds. */
  keepFiringSince: Date | null;
}

const COLUMNS = `workspace_id as "workspaceId", rule_id as "ruleId", fingerprint, state, labels, annotations, value,
  active_at as "activeAt", alert_id as "alertId", fired_at as "firedAt", keep_firing_since as "keepFiringSince"`;

/** The alerts that are pending or firing. */
@Injectable()
export class AlertInstanceRepository {
  async listAll(tx: EntityManager): Promise<AlertInstance[]> {
    return tx.query<AlertInstance[]>(`select ${COLUMNS} from alert_instances order by active_at, fingerprint`);
  }

  async listOf(tx: EntityManager, ruleIds: readonly string[]): Promise<AlertInstance[]> {
    return tx.query<AlertInstance[]>(
      `select ${COLUMNS} from alert_instances where rule_id = any($1::uuid[]) order by active_at, fingerprint`,
      [ruleIds],
    );
  }

  async save(tx: EntityManager, instances: readonly AlertInstance[]): Promise<void> {
    if (instances.length === 0) return;
    await tx.query(
      `insert into alert_instances (workspace_id, rule_id, fingerprint, state, labels, annotations, value, active_at,
         alert_id, fired_at, keep_firing_since)
       select workspace_id, rule_id, fingerprint, state, labels, annotations, value, active_at, alert_id, fired_at,
         keep_firing_since
       from jsonb_to_recordset($1::jsonb) as one (workspace_id uuid, rule_id uuid, fingerprint text, state text,
         labels jsonb, annotations jsonb, value float8, active_at timestamptz, alert_id uuid, fired_at timestamptz,
         keep_firing_since timestamptz)
       on conflict (workspace_id, rule_id, fingerprint) do update set state = excluded.state, labels = excluded.labels,
         annotations = excluded.annotations, value = excluded.value, alert_id = excluded.alert_id,
         fired_at = excluded.fired_at, keep_firing_since = excluded.keep_firing_since`,
      [JSON.stringify(instances.map(toRecord))],
    );
  }

  async remove(tx: EntityManager, instances: readonly AlertInstance[]): Promise<void> {
    if (instances.length === 0) return;
    await tx.query(
      `delete from alert_instances using unnest($1::uuid[], $2::text[]) as gone (rule_id, fingerprint)
       where alert_instances.rule_id = gone.rule_id and alert_instances.fingerprint = gone.fingerprint`,
      [instances.map(({ ruleId }) => ruleId), instances.map(({ fingerprint }) => fingerprint)],
    );
  }
}

function toRecord(instance: AlertInstance): object {
  const { workspaceId, ruleId, activeAt, alertId, firedAt, keepFiringSince, value, ...same } = instance;
  return {
    ...same,
    // JSON has no infinite numbers, but Postgres reads their names.
    value: Number.isFinite(value) ? value : String(value),
    workspace_id: workspaceId,
    rule_id: ruleId,
    active_at: activeAt,
    alert_id: alertId,
    fired_at: firedAt,
    keep_firing_since: keepFiringSince,
  };
}
