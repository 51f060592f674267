import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  `create table workspace_keys (
    workspace_id uuid not null, wrapped text not null, created_at timestamptz not null,
    constraint workspace_keys_pkey primary key (workspace_id))`,
  `create table blobs (
    execution_id uuid not null, id text not null, workspace_id uuid not null, bytes int not null, sealed bytea not null,
    created_at timestamptz not null,
    constraint blobs_pkey primary key (execution_id, id))`,
  // Sealed bytes cannot be compressed any more.
  `alter table blobs alter column sealed set storage external`,
  // A sealed state says nothing to a query.
  `alter table executions add column waits text[]`,
];

export class SealPayloads1790000009300 implements MigrationInterface {
  name = 'SealPayloads1790000009300';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table executions drop column waits`);
    await runner.query(`drop table blobs, workspace_keys`);
  }
}
