import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexSmallRows1790000008000 implements MigrationInterface {
  name = 'IndexSmallRows1790000008000';

  async up(runner: QueryRunner): Promise<void> {
    // What is still to be merged is a small part of the log.
    await runner.query(`create index sample_log_small on sample_log (workspace_id, t1) where n <= 20000`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index sample_log_small`);
  }
}
