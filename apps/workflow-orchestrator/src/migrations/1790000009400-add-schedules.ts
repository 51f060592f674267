import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  `create table schedules (
    workspace_id uuid not null, workflow text not null, version text not null, timing jsonb not null,
    next_at timestamptz(3), check_at timestamptz(3), last_at timestamptz(3), last_execution_id uuid,
    constraint schedules_pkey primary key (workspace_id, workflow))`,
  `create index schedules_to_check on schedules (check_at) where check_at is not null`,
  `create index schedules_after_end on schedules (last_execution_id) where next_at is null`,
];

export class AddSchedules1790000009400 implements MigrationInterface {
  name = 'AddSchedules1790000009400';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table schedules`);
  }
}
