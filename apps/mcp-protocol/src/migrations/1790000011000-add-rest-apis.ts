import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddRestApis1790000011000 implements MigrationInterface {
  name = 'AddRestApis1790000011000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table upstreams add column api jsonb, add column operations text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table upstreams drop column api, drop column operations`);
  }
}
