import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables every service has; a service lists it first among its migrations. */
export class AddBaseTables1790000000000 implements MigrationInterface {
  name = 'AddBaseTables1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table idempotency_keys (
      workspace_id uuid not null, actor_id text not null, key text not null, subject text not null,
      request_hash text not null, reply jsonb, locked_until timestamptz not null,
      created_at timestamptz not null default now(),
      constraint "PK_idempotency_keys" primary key (workspace_id, actor_id, key))`);
    await runner.query(`create index idempotency_keys_created_at on idempotency_keys (created_at)`);
    await runner.query(`create table event_outbox (
      position bigint generated always as identity, workspace_id uuid not null, id uuid not null, subject text not null,
      keys text[] not null, payload jsonb not null, traceparent text, created_at timestamptz not null default now(),
      constraint "PK_event_outbox" primary key (position))`);
    await runner.query(`create table event_streams (
      name text not null, epoch uuid not null, last_seq bigint not null,
      constraint "PK_event_streams" primary key (name))`);
    await runner.query(`create table dead_letters (
      id uuid not null, subject text not null, reason text not null, payload text not null, deliveries int not null,
      created_at timestamptz not null default now(),
      constraint "PK_dead_letters" primary key (id))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['dead_letters', 'event_streams', 'event_outbox', 'idempotency_keys']) {
      await runner.query(`drop table ${table}`);
    }
  }
}
