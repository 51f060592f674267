import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `create table upstreams (
    id uuid not null constraint upstreams_pkey primary key, workspace_id uuid not null, name text not null,
    transport text not null, url text, command text, header_names text[] not null, sealed_headers text,
    namespace text not null, enabled boolean not null, created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now())`,
  `create unique index upstreams_name on upstreams (workspace_id, name)`,
  `create table virtual_servers (
    workspace_id uuid not null, name text not null, members jsonb not null,
    created_at timestamptz(3) not null default now(), updated_at timestamptz(3) not null default now(),
    constraint virtual_servers_pkey primary key (workspace_id, name))`,
];

export class AddUpstreams1790000009000 implements MigrationInterface {
  name = 'AddUpstreams1790000009000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table virtual_servers, upstreams`);
  }
}
