import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddUpstreamOwners1790000009800 implements MigrationInterface {
  name = 'AddUpstreamOwners1790000009800';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table upstream_owners (
      upstream_id uuid not null constraint upstream_owners_pkey primary key, workspace_id uuid not null,
      replica text not null, until timestamptz(3) not null)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table upstream_owners`);
  }
}
