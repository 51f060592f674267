import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = [
  `create table rule_files (
    workspace_id uuid not null, name text not null, document jsonb not null, groups int not null, rules int not null,
    created_by text not null, created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
    constraint rule_files_pkey primary key (workspace_id, name))`,
  `create table rule_groups (
    id uuid not null constraint rule_groups_pkey primary key, workspace_id uuid not null, file text, name text not null,
    position int not null, interval_ms int not null, offset_ms bigint not null default 0, max_results int not null default 0,
    next_at timestamptz not null default now(), epoch bigint not null default 0, held_until timestamptz,
    evaluated_at timestamptz, evaluation_ms float8 not null default 0, created_at timestamptz not null default now())`,
  `create index rule_groups_by_file on rule_groups (workspace_id, file, position)`,
  `create index rule_groups_by_next on rule_groups (next_at)`,
  `alter table alert_rules add kind text not null default 'alerting', add group_id uuid, add position int not null default 0,
    add keep_firing_for text`,
  `create index alert_rules_by_group on alert_rules (group_id, position)`,
  `alter table alert_instances add keep_firing_since timestamptz`,
];

export class AddRuleGroups1790000020000 implements MigrationInterface {
  name = 'AddRuleGroups1790000020000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from alert_instances using alert_rules
      where alert_rules.id = alert_instances.rule_id and alert_rules.group_id is not null`);
    await runner.query(`delete from alert_rules where group_id is not null`);
    await runner.query(`alter table alert_instances drop column keep_firing_since`);
    await runner.query(
      `alter table alert_rules drop column kind, drop column group_id, drop column position, drop column keep_firing_for`,
    );
    for (const name of ['rule_groups', 'rule_files']) await runner.query(`drop table ${name}`);
  }
}
