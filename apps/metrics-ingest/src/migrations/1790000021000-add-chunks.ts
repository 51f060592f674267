import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `alter table leases add column epoch bigint not null default 0`,
  `create table chunks (
    series_id int not null, t0 bigint not null, tier smallint not null, workspace_id uuid not null, t1 bigint not null,
    n int not null, encoding smallint not null, data bytea not null,
    constraint chunks_pkey primary key (series_id, t0, tier)) partition by list (tier)`,
  // Chunks are compressed already.
  `alter table chunks alter column data set storage external`,
  `create table chunk_usage (
    workspace_id uuid not null, tier smallint not null, from_ms bigint not null, chunks bigint not null,
    samples bigint not null, bytes bigint not null, oldest_ms bigint not null,
    constraint chunk_usage_pkey primary key (workspace_id, tier, from_ms))`,
  `create table seal_state (
    name text not null constraint seal_state_pkey primary key, seals bigint not null, last_log_id bigint not null,
    newest_ms bigint not null)`,
  `insert into seal_state (name, seals, last_log_id, newest_ms) values ('log', 0, 0, 0)`,
  `create index sample_log_by_start on sample_log (t0)`,
  `drop index sample_log_small`,
  // Services own no tables, so the owner lends them this: partitions of a tier and a span of time, and nothing else.
  `create function make_chunk_partition(of_tier smallint, from_ms bigint, to_ms bigint) returns void
   language plpgsql security definer set search_path from current as $$
   declare
     parent text := format('chunks_%s', of_tier);
     leaf text := format('chunks_%s_%s', of_tier, to_char(to_timestamp(from_ms / 1000) at time zone 'UTC', 'YYYYMMDD'));
   begin
     if to_regclass(leaf) is not null then return; end if;
     perform pg_advisory_xact_lock(hashtextextended('scm.metrics.partitions', 0));
     -- Attaching, unlike creating in place, lets everybody read and write on.
     if to_regclass(parent) is null then
       execute format('create table %I (like chunks including all) partition by range (t0)', parent);
       execute format('alter table chunks attach partition %I for values in (%s)', parent, of_tier);
     end if;
     if to_regclass(leaf) is null then
       execute format('create table %I (like chunks including all)', leaf);
       execute format('alter table %I attach partition %I for values from (%s) to (%s)', parent, leaf, from_ms, to_ms);
     end if;
   end $$`,
  `create function drop_chunk_partition(leaf text) returns void
   language plpgsql security definer set search_path from current as $$
   begin
     if leaf !~ '^chunks_\\d+_\\d{8}$' then raise exception '% is no partition of chunks', leaf; end if;
     -- Whoever reads goes first: it is tried again.
     set local lock_timeout = '1s';
     execute format('drop table if exists %I', leaf);
   end $$`,
];

export class AddChunks1790000021000 implements MigrationInterface {
  name = 'AddChunks1790000021000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function make_chunk_partition(smallint, bigint, bigint)`);
    await runner.query(`drop function drop_chunk_partition(text)`);
    for (const name of ['seal_state', 'chunk_usage', 'chunks']) await runner.query(`drop table ${name}`);
    await runner.query(`drop index sample_log_by_start`);
    await runner.query(`create index sample_log_small on sample_log (workspace_id, t1) where n <= 20000`);
    await runner.query(`alter table leases drop column epoch`);
  }
}
