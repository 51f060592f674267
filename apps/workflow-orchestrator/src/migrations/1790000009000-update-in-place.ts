import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A transition that changes no indexed column is written beside the old row, and no index is touched. */
const up = [
  `drop index executions_open`,
  `create index executions_active on executions (created_at) where ended_at is null`,
  `alter table executions add column carried jsonb`,
  `alter table executions set (fillfactor = 50)`,
];

const down = [
  `alter table executions drop column carried`,
  `alter table executions set (fillfactor = 70)`,
  `drop index executions_active`,
  `create index executions_open on executions (opened_at) where open_calls is not null`,
];

export class UpdateInPlace1790000009000 implements MigrationInterface {
  name = 'UpdateInPlace1790000009000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of down) await runner.query(statement);
  }
}
