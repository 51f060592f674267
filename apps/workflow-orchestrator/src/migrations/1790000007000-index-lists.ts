import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `create index workflow_versions_by_creation on workflow_versions (workspace_id, name, created_at, version)`,
  `create index workflows_by_alert on workflows (workspace_id, name) where alert_filter is not null`,
  // Seldom written, often looked for: what failed among the many runs of one workflow.
  `create index executions_by_failure on executions (workspace_id, workflow, status, created_at, id)
   where status in ('faulted', 'cancelled')`,
];

export class IndexLists1790000007000 implements MigrationInterface {
  name = 'IndexLists1790000007000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index executions_by_failure, workflows_by_alert, workflow_versions_by_creation`);
  }
}
