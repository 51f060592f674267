import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = [
  `create table workflows (
    workspace_id uuid not null, name text not null, newest_version text not null, alert_filter jsonb,
    constraint workflows_pkey primary key (workspace_id, name))`,
  `create table workflow_versions (
    workspace_id uuid not null, name text not null, version text not null, title text, summary text,
    digest text not null, document json not null, created_by text not null, created_at timestamptz not null,
    constraint workflow_versions_pkey primary key (workspace_id, name, version))`,
  // Every step updates its row: free space in each page keeps the new row version beside the old one.
  `create table executions (
    id uuid not null, workspace_id uuid not null, workflow text not null, version text not null, status text not null,
    revision int not null, cursor int not null, attempt int not null, capability text, input jsonb, data jsonb,
    context jsonb, output jsonb, error jsonb, started_by text not null, traceparent text,
    created_at timestamptz not null, opened_at timestamptz, due_at timestamptz, check_at timestamptz,
    ended_at timestamptz,
    constraint executions_pkey primary key (id)) with (fillfactor = 70)`,
  `create index executions_by_creation on executions (workspace_id, created_at, id)`,
  `create index executions_by_workflow on executions (workspace_id, workflow, created_at, id)`,
  `create index executions_by_status on executions (workspace_id, status, created_at, id)`,
  `create index executions_to_check on executions (check_at) where check_at is not null`,
  `create index executions_open on executions (capability, opened_at) where check_at is not null`,
  `create table history_events (
    execution_id uuid not null, seq int not null, workspace_id uuid not null, at timestamptz not null,
    type text not null, data jsonb not null,
    constraint history_events_pkey primary key (execution_id, seq))`,
];

export class AddWorkflows1790000003000 implements MigrationInterface {
  name = 'AddWorkflows1790000003000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['history_events', 'executions', 'workflow_versions', 'workflows']) {
      await runner.query(`drop table ${table}`);
    }
  }
}
