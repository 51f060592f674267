import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  // Executions of the former engine cannot go on in this one.
  `update executions set status = 'faulted', ended_at = coalesce(ended_at, now()), check_at = null,
   error = '{"type":"https://open-workflow-specification.org/spec/1.0.0/errors/runtime","status":500,"title":"The engine was replaced"}'
   where ended_at is null`,
  `drop index executions_open`,
  `alter table executions drop column cursor, drop column attempt, drop column capability, drop column data,
   drop column context, drop column due_at,
   add column state jsonb not null default '{"next":1,"context":null,"frames":{},"undo":[]}',
   add column open_calls text[], add column listens text[], add column parent_id uuid, add column parent_frame int`,
  `alter table executions alter column state drop default`,
  `alter table executions set (fillfactor = 70)`,
  `create index executions_open on executions (opened_at) where open_calls is not null`,
  `alter table workflows add column event_filter jsonb`,
  `create index executions_listening on executions (workspace_id, id) where listens is not null`,
];

const down = [
  `alter table workflows drop column event_filter`,
  `drop index executions_listening`,
  `drop index executions_open`,
  `alter table executions drop column state, drop column open_calls, drop column listens, drop column parent_id,
   drop column parent_frame, add column cursor int not null default 0, add column attempt int not null default 0,
   add column capability text, add column data jsonb, add column context jsonb, add column due_at timestamptz`,
  `create index executions_open on executions (capability, opened_at) where check_at is not null`,
];

export class KeepMachineState1790000008000 implements MigrationInterface {
  name = 'KeepMachineState1790000008000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of down) await runner.query(statement);
  }
}
