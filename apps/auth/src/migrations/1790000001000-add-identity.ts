import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = [
  `create table users (
    id uuid not null constraint users_pkey primary key, username text not null, password_hash text not null,
    created_at timestamptz not null default now())`,
  `create unique index users_username on users (username)`,
  `create table workspaces (
    id uuid not null constraint workspaces_pkey primary key, name text not null,
    created_at timestamptz not null default now())`,
  `create unique index workspaces_name on workspaces (name)`,
  `create table memberships (
    workspace_id uuid not null, user_id uuid not null, role text not null, created_at timestamptz not null default now(),
    disabled_at timestamptz, constraint memberships_pkey primary key (workspace_id, user_id))`,
  `create index memberships_by_user on memberships (user_id)`,
  `create table sessions (
    id uuid not null constraint sessions_pkey primary key, workspace_id uuid not null, user_id uuid not null,
    created_at timestamptz not null default now(), expires_at timestamptz not null, revoked_at timestamptz,
    revoked_reason text)`,
  `create index sessions_by_user on sessions (user_id)`,
  `create table refresh_tokens (
    hash text not null constraint refresh_tokens_pkey primary key, workspace_id uuid not null, session_id uuid not null,
    created_at timestamptz not null default now(), expires_at timestamptz not null, consumed_at timestamptz)`,
  `create index refresh_tokens_by_session on refresh_tokens (session_id)`,
  `create table api_keys (
    id uuid not null constraint api_keys_pkey primary key, workspace_id uuid not null, name text not null,
    role text not null, secret_hash text not null, created_at timestamptz(3) not null default now(),
    created_by text not null, expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz)`,
  `create index api_keys_by_workspace on api_keys (workspace_id, created_at, id)`,
  `create table signing_keys (
    kid text not null constraint signing_keys_pkey primary key, public_jwk jsonb not null,
    sealed_private_jwk text not null, created_at timestamptz not null default now(), retired_at timestamptz)`,
  `create table audit_records (
    id uuid not null constraint audit_records_pkey primary key, workspace_id uuid not null, at timestamptz(3) not null,
    service text not null, actor_kind text not null, actor_id text not null, actor_name text not null,
    on_behalf_of text, action text not null, resource_type text, resource_id text, outcome text not null, reason text,
    details jsonb, trace_id text)`,
  `create index audit_records_by_time on audit_records (workspace_id, at, id)`,
];

export class AddIdentity1790000001000 implements MigrationInterface {
  name = 'AddIdentity1790000001000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const names = [
      'audit_records',
      'signing_keys',
      'api_keys',
      'refresh_tokens',
      'sessions',
      'memberships',
      'workspaces',
      'users',
    ];
    for (const name of names) await runner.query(`drop table ${name}`);
  }
}
