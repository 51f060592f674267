import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit rows of a service; it lists this after the base tables. */
export class AddAuditEvents1790000000001 implements MigrationInterface {
  name = 'AddAuditEvents1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table audit_events (
      id uuid not null, workspace_id uuid not null, at timestamptz not null default now(),
      actor_kind text not null, actor_id text not null, actor_name text not null, on_behalf_of text,
      action text not null, resource_type text, resource_id text, outcome text not null, reason text, details jsonb,
      trace_id text, collected_at timestamptz,
      constraint "PK_audit_events" primary key (id))`);
    await runner.query(`create index audit_events_uncollected on audit_events (at) where collected_at is null`);
    // The grants of a service's roles would let it rewrite its own history.
    await runner.query(`create function keep_audit_events() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.collected_at is null then
          raise exception 'an audit row is kept until it is collected' using errcode = 'restrict_violation';
        elsif tg_op = 'UPDATE' and to_jsonb(new) - 'collected_at' <> to_jsonb(old) - 'collected_at' then
          raise exception 'an audit row does not change' using errcode = 'restrict_violation';
        end if;
        return coalesce(new, old);
      end $$`);
    await runner.query(`create trigger keep_audit_events before update or delete on audit_events
      for each row execute function keep_audit_events()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table audit_events`);
    await runner.query(`drop function keep_audit_events`);
  }
}
