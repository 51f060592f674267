import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  MetricsEvents,
  ServiceError,
  type Actor,
  type Nothing,
  type PageRequest,
  type RuleFile,
  type RuleFileInput,
  type RuleFilePage,
} from '@scm/contracts';
import { decodeCursor, oweEvent, toPage } from '@scm/database';
import { currentActor, currentTraceparent } from '@scm/messaging';
import { EventRelay } from '@scm/service';
import type { EntityManager } from 'typeorm';
import { AlertInstanceRepository } from './alert-instance.repository.js';
import { toTransition } from './alert-transition.js';
import { toRows } from './file-rows.js';
import { readRuleFile } from './rule-file.js';
import { RuleFileRepository, type RuleFileRow } from './rule-file.repository.js';
import { RuleGroupRepository, type NewRuleGroup } from './rule-group.repository.js';
import { RuleQuery } from './rule-query.js';
import { RuleRepository, type NewFileRule, type RuleRow } from './rule.repository.js';

const MAX_FILES = 1_000;
const MAX_RULES = 10_000;

/** Rule files of the caller's workspace. */
@Injectable()
export class RuleFilesService {
  constructor(
    private readonly files: RuleFileRepository,
    private readonly groups: RuleGroupRepository,
    private readonly rules: RuleRepository,
    private readonly instances: AlertInstanceRepository,
    private readonly queries: RuleQuery,
    private readonly relay: EventRelay,
    private readonly audit: AuditLog,
  ) {}

  /** Stores a file. Rules that were in it before, by group, name and labels, keep their state. */
  async put({ name, document }: RuleFileInput, actor: Actor = currentActor()): Promise<RuleFile> {
    const { workspaceId } = actor;
    const read = readRuleFile(document, (expr) => this.queries.faultOf(expr));
    const { groups, rules } = toRows(workspaceId, name, actor.id, read.groups);
    const row = await this.rules.inWorkspace(workspaceId, async (tx) => {
      await this.files.lock(tx, workspaceId);
      await this.assertRoom(tx, name, rules.length);
      await this.replace(tx, name, groups, rules);
      const counts = { groups: groups.length, rules: rules.length };
      const stored = { workspaceId, name, document: read.document, ...counts, createdBy: actor.id };
      await this.record(tx, actor, name);
      return this.files.put(tx, stored);
    });
    this.relay.notify();
    return toRuleFile(row);
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<RuleFilePage> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, ['text']);
    const { workspaceId } = currentActor();
    const rows = await this.rules.inWorkspace(workspaceId, (tx) => this.files.list(tx, limit + 1, after));
    return toPage(rows, limit, (row) => [row.name], toRuleFile);
  }

  async get(name: string): Promise<RuleFile> {
    const row = await this.rules.inWorkspace(currentActor().workspaceId, (tx) => this.files.find(tx, name));
    if (!row) throw new ServiceError('NOT_FOUND', `no rule file ${name}`);
    return toRuleFile(row);
  }

  async remove(name: string, actor: Actor = currentActor()): Promise<Nothing> {
    await this.rules.inWorkspace(actor.workspaceId, async (tx) => {
      await this.files.lock(tx, actor.workspaceId);
      if (!(await this.files.remove(tx, name))) throw new ServiceError('NOT_FOUND', `no rule file ${name}`);
      await this.replace(tx, name, [], []);
      await this.record(tx, actor, name, 'removed');
    });
    this.relay.notify();
    return {};
  }

  private async assertRoom(tx: EntityManager, name: string, rules: number): Promise<void> {
    if ((await this.files.countOthers(tx, name)) + rules > MAX_RULES) {
      throw new ServiceError('FAILED_PRECONDITION', `the rule files of a workspace have at most ${MAX_RULES} rules`);
    }
    const known = await this.files.list(tx, MAX_FILES);
    if (known.length >= MAX_FILES && !known.some((file) => file.name === name)) {
      throw new ServiceError('FAILED_PRECONDITION', `the workspace has its ${MAX_FILES} rule files already`);
    }
  }

  private async replace(
    tx: EntityManager,
    file: string,
    groups: readonly NewRuleGroup[],
    rules: readonly NewFileRule[],
  ): Promise<void> {
    const before = await this.groups.lock(tx, file);
    const kept = groups.map(({ id }) => id);
    const ids = rules.map(({ id }) => id);
    await this.resolve(tx, await this.rules.removeOthers(tx, before, ids));
    await this.groups.remove(
      tx,
      before.filter((id) => !kept.includes(id)),
    );
    await this.groups.put(tx, groups);
    await this.rules.put(tx, rules);
  }

  /** What rules that are gone had firing is resolved. */
  private async resolve(tx: EntityManager, gone: readonly RuleRow[]): Promise<void> {
    const byId = new Map(gone.map((rule) => [rule.id, rule]));
    const active = await this.instances.listOf(tx, [...byId.keys()]);
    await this.instances.remove(tx, active);
    for (const instance of active.filter(({ state }) => state === 'firing')) {
      await oweEvent(tx, MetricsEvents.alertResolved, {
        workspaceId: instance.workspaceId,
        keys: [instance.workspaceId],
        payload: toTransition(instance, byId.get(instance.ruleId)?.alert ?? '', new Date()),
        traceparent: currentTraceparent(),
      });
    }
  }

  private async record(tx: EntityManager, actor: Actor, name: string, reason?: string): Promise<void> {
    const resource = { resourceType: 'rule-file', resourceId: name };
    await this.audit.record(tx, {
      actor,
      action: 'rules:write',
      outcome: 'done',
      ...resource,
      ...(reason && { reason }),
    });
  }
}

function toRuleFile(row: Omit<RuleFileRow, 'document'> & { document?: Record<string, unknown> }): RuleFile {
  const { name, groups, rules, document, created_at: createdAt, updated_at: updatedAt } = row;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { name, groups, rules, ...times, ...(document && { document }) };
}
