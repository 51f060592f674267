import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  `alter table executions add column priority smallint not null default 3, add column queued int[]`,
  // Every row is written, updated once at most, and deleted.
  `create table admissions (
    execution_id uuid not null, frame int not null, workspace_id uuid not null, lane text not null,
    priority smallint not null, rank double precision not null, limits jsonb, queued_at timestamptz not null,
    blocked_by text, admitted_at timestamptz,
    constraint admissions_pkey primary key (execution_id, frame)) with (fillfactor = 70)`,
  `create index admissions_next on admissions (lane, priority, rank)
   where admitted_at is null and blocked_by is null`,
  `create index admissions_of_workspace on admissions (workspace_id, lane, priority, rank) where admitted_at is null`,
  `create index admissions_blocked on admissions (workspace_id, blocked_by, priority, rank)
   where blocked_by is not null`,
  `create table limit_keys (
    workspace_id uuid not null, key text not null, at_work int not null default 0, begun jsonb not null default '[]',
    free_at timestamptz not null default now(),
    constraint limit_keys_pkey primary key (workspace_id, key)) with (fillfactor = 70)`,
  `create index limit_keys_unused on limit_keys (free_at) where at_work = 0`,
];

const down = [
  `drop table limit_keys`,
  `drop table admissions`,
  `alter table executions drop column priority, drop column queued`,
];

export class QueueCalls1790000009600 implements MigrationInterface {
  name = 'QueueCalls1790000009600';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of down) await runner.query(statement);
  }
}
