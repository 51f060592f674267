import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  // A cursor holds milliseconds.
  `alter table memberships alter created_at type timestamptz(3)`,
  `drop index memberships_by_user`,
  `create index memberships_by_user on memberships (user_id, created_at, workspace_id) where disabled_at is null`,
  `create index audit_records_by_action on audit_records (workspace_id, action, at, id)`,
  `create index audit_records_by_actor on audit_records (workspace_id, actor_id, at, id)`,
  // Nearly all are done, which the index by time finds soon enough.
  `create index audit_records_by_outcome on audit_records (workspace_id, outcome, at, id) where outcome <> 'done'`,
];

const undo = [
  `drop index audit_records_by_outcome, audit_records_by_actor, audit_records_by_action, memberships_by_user`,
  `create index memberships_by_user on memberships (user_id)`,
  `alter table memberships alter created_at type timestamptz`,
];

export class IndexLists1790000009000 implements MigrationInterface {
  name = 'IndexLists1790000009000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of undo) await runner.query(statement);
  }
}
