import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  `alter table executions add column attributes jsonb`,
  `create table execution_attributes (
    execution_id uuid not null, name text not null, workspace_id uuid not null, value text not null,
    created_at timestamptz not null,
    constraint execution_attributes_pkey primary key (execution_id, name))`,
  // Not an index over jsonb: row-level security lets no request use one, and it knows no order.
  `create index execution_attributes_by_value on execution_attributes
   (workspace_id, name, value, created_at, execution_id)`,
];

export class AddAttributes1790000009500 implements MigrationInterface {
  name = 'AddAttributes1790000009500';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table execution_attributes`);
    await runner.query(`alter table executions drop column attributes`);
  }
}
