import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = [
  `create table series (
    id int generated always as identity constraint series_pkey primary key, workspace_id uuid not null,
    fingerprint text not null, name text not null, labels jsonb not null, first_seen timestamptz not null,
    last_seen timestamptz not null default now())`,
  `create unique index series_by_fingerprint on series (workspace_id, fingerprint)`,
  `create index series_by_name on series (workspace_id, name)`,
  `create index series_by_age on series (last_seen)`,
  `create table sample_log (
    id bigint generated always as identity constraint sample_log_pkey primary key, workspace_id uuid not null,
    t0 bigint not null, t1 bigint not null, n int not null, data bytea not null,
    created_at timestamptz not null default now())`,
  // The blocks are compressed already.
  `alter table sample_log alter column data set storage external`,
  `create index sample_log_by_workspace on sample_log (workspace_id, t1)`,
  `create index sample_log_by_age on sample_log (t1)`,
  `create table alert_rules (
    id uuid not null constraint alert_rules_pkey primary key, workspace_id uuid not null, alert text not null,
    expr text not null, "for" text, labels jsonb not null, annotations jsonb not null, created_by text not null,
    created_at timestamptz not null default now(), last_evaluated_at timestamptz, last_error text)`,
  `create index alert_rules_by_workspace on alert_rules (workspace_id, created_at, id)`,
  `create table alert_instances (
    workspace_id uuid not null, rule_id uuid not null, fingerprint text not null, state text not null,
    labels jsonb not null, annotations jsonb not null, value float8 not null, active_at timestamptz not null,
    alert_id uuid, fired_at timestamptz, created_at timestamptz not null default now(),
    constraint alert_instances_pkey primary key (workspace_id, rule_id, fingerprint))`,
  `create table leases (
    name text not null constraint leases_pkey primary key, holder text not null, expires_at timestamptz not null)`,
];

export class AddMetrics1790000002000 implements MigrationInterface {
  name = 'AddMetrics1790000002000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['leases', 'alert_instances', 'alert_rules', 'sample_log', 'series']) {
      await runner.query(`drop table ${name}`);
    }
  }
}
