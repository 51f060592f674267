import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `create table captures (
    id uuid not null constraint captures_pkey primary key, workspace_id uuid not null, server text, method text,
    principal text, keeps_secrets boolean not null, max_exchanges integer not null,
    exchange_count integer not null default 0, started_at timestamptz(3) not null default now(),
    until_at timestamptz(3) not null, ended_at timestamptz(3))`,
  `create index captures_by_workspace on captures (workspace_id, id)`,
  `create index captures_by_start on captures (started_at)`,
  `create index captures_active on captures (until_at) where ended_at is null`,
  `create table captured_exchanges (
    id uuid not null constraint captured_exchanges_pkey primary key, workspace_id uuid not null,
    capture_id uuid not null,
    summary jsonb not null, sealed text not null)`,
  `create index captured_exchanges_by_capture on captured_exchanges (capture_id, id)`,
];

export class AddCaptures1790000013000 implements MigrationInterface {
  name = 'AddCaptures1790000013000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table captured_exchanges, captures`);
  }
}
