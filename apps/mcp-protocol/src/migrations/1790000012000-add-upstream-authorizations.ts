import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `alter table upstreams add column "authorization" jsonb, add column sealed_authorization text`,
  `create table upstream_authorizations (
    upstream_id uuid not null constraint upstream_authorizations_pkey primary key, workspace_id uuid not null,
    sealed text, issuer text, scope text, wanted jsonb, authorized_at timestamptz(3), expires_at timestamptz(3))`,
  `create table upstream_authorization_requests (
    id uuid not null constraint upstream_authorization_requests_pkey primary key, workspace_id uuid not null,
    upstream_id uuid not null, sealed text not null, expires_at timestamptz(3) not null)`,
  `create index upstream_authorization_requests_by_end on upstream_authorization_requests (workspace_id, expires_at)`,
  `create index upstream_authorization_requests_by_upstream on upstream_authorization_requests (upstream_id)`,
];

export class AddUpstreamAuthorizations1790000012000 implements MigrationInterface {
  name = 'AddUpstreamAuthorizations1790000012000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table upstream_authorization_requests, upstream_authorizations`);
    await runner.query(`alter table upstreams drop column "authorization", drop column sealed_authorization`);
  }
}
