import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `create table email_contacts (
    id uuid not null constraint email_contacts_pkey primary key, workspace_id uuid not null, address text not null,
    topics text[] not null, created_at timestamptz(3) not null default now())`,
  `create index email_contacts_by_creation on email_contacts (workspace_id, created_at, id)`,
  `create table templates (
    workspace_id uuid not null, channel text not null, name text not null, last_version int not null,
    active_version int, updated_at timestamptz(3) not null default now(),
    constraint templates_pkey primary key (workspace_id, channel, name))`,
  `create index templates_active on templates (workspace_id, channel, name) where active_version is not null`,
  `create table template_versions (
    id uuid not null constraint template_versions_pkey primary key, workspace_id uuid not null, channel text not null,
    name text not null, version int not null, title text, body text not null, html text, created_by text not null,
    created_at timestamptz(3) not null default now())`,
  `create unique index template_versions_number on template_versions (workspace_id, channel, name, version)`,
  `alter table notifications add in_inbox boolean not null default true, add inbox_title text, add inbox_body text`,
  `update notifications n set in_inbox = false
   where not exists (select 1 from deliveries d where d.notification_id = n.id and d.channel = 'inbox')`,
  `create index notifications_inbox on notifications (workspace_id, created_at, id) where in_inbox`,
  `create index notifications_unread on notifications (workspace_id, created_at, id) where in_inbox and read_at is null`,
  `create index notifications_read on notifications (workspace_id, created_at, id) where in_inbox and read_at is not null`,
  `drop index notifications_by_creation`,
  `alter table deliveries add email_contact_id uuid, add template text`,
  `create index deliveries_due_webhooks on deliveries (webhook_id, next_attempt_at)
   where channel = 'webhook' and state in ('pending', 'retrying', 'sending')`,
  `create index deliveries_due_emails on deliveries (email_contact_id, next_attempt_at)
   where channel = 'email' and state in ('pending', 'retrying', 'sending')`,
  `drop index deliveries_due`,
];

const undo = [
  `create index deliveries_due on deliveries (next_attempt_at) where state in ('pending', 'retrying', 'sending')`,
  `drop index deliveries_due_emails, deliveries_due_webhooks`,
  `alter table deliveries drop template, drop email_contact_id`,
  `create index notifications_by_creation on notifications (workspace_id, created_at, id)`,
  `drop index notifications_read, notifications_unread, notifications_inbox`,
  `alter table notifications drop inbox_body, drop inbox_title, drop in_inbox`,
  `drop table template_versions, templates, email_contacts`,
];

export class AddEmailAndTemplates1790000005000 implements MigrationInterface {
  name = 'AddEmailAndTemplates1790000005000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of undo) await runner.query(statement);
  }
}
