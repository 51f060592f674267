import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `create table alerts (
    id uuid not null constraint alerts_pkey primary key, workspace_id uuid not null, rule_id uuid not null,
    fingerprint text not null, name text not null, state text not null, severity text not null, labels jsonb not null,
    annotations jsonb not null, value double precision not null, starts_at timestamptz not null, ends_at timestamptz,
    acknowledged_at timestamptz, acknowledged_by text, created_at timestamptz(3) not null default now())`,
  `create index alerts_by_creation on alerts (workspace_id, created_at, id)`,
  `create index alerts_by_state on alerts (workspace_id, state, created_at, id)`,
  `create table silences (
    id uuid not null constraint silences_pkey primary key, workspace_id uuid not null, matchers jsonb not null,
    starts_at timestamptz not null, ends_at timestamptz not null, comment text not null, created_by text not null,
    created_at timestamptz(3) not null default now(), announced text not null default 'pending')`,
  `create index silences_by_creation on silences (workspace_id, created_at, id)`,
  `create index silences_by_end on silences (workspace_id, ends_at)`,
  `create index silences_unannounced on silences (announced) where announced <> 'expired'`,
  `create table notifications (
    id uuid not null constraint notifications_pkey primary key, workspace_id uuid not null, key text not null,
    topic text not null, title text not null, body text not null, severity text not null, data jsonb not null,
    created_at timestamptz(3) not null default now(), read_at timestamptz, traceparent text)`,
  `create unique index notifications_key on notifications (workspace_id, key)`,
  `create index notifications_by_creation on notifications (workspace_id, created_at, id)`,
  `create table webhooks (
    id uuid not null constraint webhooks_pkey primary key, workspace_id uuid not null, url text not null,
    topics text[] not null, sealed_secret text not null, enabled boolean not null default true,
    created_at timestamptz(3) not null default now())`,
  `create index webhooks_by_creation on webhooks (workspace_id, created_at, id)`,
  `create table deliveries (
    id uuid not null constraint deliveries_pkey primary key, workspace_id uuid not null, notification_id uuid not null,
    channel text not null, webhook_id uuid, state text not null, attempts int not null default 0,
    next_attempt_at timestamptz, locked_until timestamptz, confirmed_at timestamptz, reason text,
    created_at timestamptz(3) not null default now())`,
  `create index deliveries_by_creation on deliveries (workspace_id, created_at, id)`,
  `create index deliveries_by_state on deliveries (workspace_id, state, created_at, id)`,
  `create index deliveries_by_notification on deliveries (notification_id)`,
  `create index deliveries_due on deliveries (next_attempt_at) where state in ('pending', 'retrying', 'sending')`,
];

export class AddNotifications1790000004000 implements MigrationInterface {
  name = 'AddNotifications1790000004000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['deliveries', 'webhooks', 'notifications', 'silences', 'alerts']) {
      await runner.query(`drop table ${table}`);
    }
  }
}
