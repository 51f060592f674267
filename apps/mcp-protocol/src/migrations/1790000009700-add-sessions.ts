import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `create table sessions (
    id text not null constraint sessions_pkey primary key, workspace_id uuid not null, principal text not null,
    transport text not null, revision text, server text, request_meta jsonb not null default '{}',
    log_level text, subscriptions text[] not null default '{}',
    created_at timestamptz(3) not null default now(), used_at timestamptz(3) not null default now())`,
  `create index sessions_by_use on sessions (used_at)`,
  `create index sessions_by_principal on sessions (workspace_id, principal, used_at)`,
  `create table used_request_states (
    id uuid not null constraint used_request_states_pkey primary key, workspace_id uuid not null,
    expires_at timestamptz(3) not null)`,
  `create index used_request_states_by_end on used_request_states (expires_at)`,
];

export class AddSessions1790000009700 implements MigrationInterface {
  name = 'AddSessions1790000009700';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table used_request_states, sessions`);
  }
}
