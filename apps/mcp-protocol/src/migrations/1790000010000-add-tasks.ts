import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `create table tasks (
    id uuid not null constraint tasks_pkey primary key, workspace_id uuid not null, principal text not null,
    server text, tool text not null, is_open boolean not null, sealed_state text not null,
    created_at timestamptz(3) not null, updated_at timestamptz(3) not null, expires_at timestamptz(3) not null)`,
  `create index tasks_by_principal on tasks (workspace_id, principal, created_at, id)`,
  `create index tasks_open on tasks (workspace_id, principal) where is_open`,
  `create index tasks_by_end on tasks (expires_at)`,
];

export class AddTasks1790000010000 implements MigrationInterface {
  name = 'AddTasks1790000010000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table tasks`);
  }
}
