import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `create table metric_metadata (
    workspace_id uuid not null, metric text not null, type text not null, help text not null, unit text not null,
    updated_at timestamptz not null default now(), constraint metric_metadata_pkey primary key (workspace_id, metric))`,
  `create table exemplars (
    workspace_id uuid not null, fingerprint text not null, time timestamptz(3) not null, name text not null,
    series_labels jsonb not null, labels jsonb not null, value float8 not null,
    constraint exemplars_pkey primary key (workspace_id, fingerprint, time))`,
  `create index exemplars_by_name on exemplars (workspace_id, name, time)`,
  `create index exemplars_by_age on exemplars (time)`,
];

export class AddMetadataAndExemplars1790000023000 implements MigrationInterface {
  name = 'AddMetadataAndExemplars1790000023000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table exemplars`);
    await runner.query(`drop table metric_metadata`);
  }
}
