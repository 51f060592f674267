import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddDeltaStates1790000022000 implements MigrationInterface {
  name = 'AddDeltaStates1790000022000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table delta_states (
        workspace_id uuid not null, stream text not null, state text not null,
        updated_at timestamptz not null default now(), constraint delta_states_pkey primary key (workspace_id, stream))`,
    );
    await runner.query(`create index delta_states_by_age on delta_states (updated_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table delta_states`);
  }
}
