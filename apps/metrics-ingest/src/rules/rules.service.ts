import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  MetricsEvents,
  ServiceError,
  type AlertRule,
  type AlertRuleInput,
  type AlertRulePage,
  type Nothing,
  type PageRequest,
  type PrometheusReply,
} from '@scm/contracts';
import { decodeCursor, newId, oweEvent, toPage } from '@scm/database';
import { currentActor, currentTraceparent } from '@scm/messaging';
import { EventRelay } from '@scm/service';
import { AlertInstanceRepository, type AlertInstance } from './alert-instance.repository.js';
import { toTransition } from './alert-transition.js';
import { stateOf, toPrometheusAlert, toPrometheusGroup } from './prometheus-shape.js';
import { defaultGroupId, RuleGroupRepository, type RuleGroupRow } from './rule-group.repository.js';
import { assertRule } from './rule-input.js';
import { RuleQuery } from './rule-query.js';
import { RuleRepository, type RuleRow } from './rule.repository.js';

const MAX_RULES = 1_000;

/** Alert rules of the caller's workspace. */
@Injectable()
export class RulesService {
  constructor(
    private readonly rules: RuleRepository,
    private readonly groupRows: RuleGroupRepository,
    private readonly queries: RuleQuery,
    private readonly instances: AlertInstanceRepository,
    private readonly relay: EventRelay,
    private readonly audit: AuditLog,
  ) {}

  async create(request: AlertRuleInput): Promise<AlertRule> {
    assertRule(request, (expr) => this.queries.faultOf(expr));
    const actor = currentActor();
    const { workspaceId } = actor;
    const {
      alert,
      expr,
      labels = {},
      annotations = {},
      for: wait = null,
      keep_firing_for: keepFiringFor = null,
    } = request;
    const rule = { id: newId(), workspaceId, alert, expr, for: wait, keepFiringFor, labels, annotations };
    return this.rules.inWorkspace(workspaceId, async (tx) => {
      if ((await this.rules.count(tx, workspaceId, MAX_RULES)) >= MAX_RULES) {
        throw new ServiceError('FAILED_PRECONDITION', `the workspace has its ${MAX_RULES} rules already`);
      }
      await this.groupRows.ensureDefault(tx, workspaceId);
      const row = await this.rules.add(tx, { ...rule, createdBy: actor.id });
      if (!row) throw new ServiceError('ALREADY_EXISTS', `the rule ${rule.id} belongs to another workspace`);
      const resource = { resourceType: 'rule', resourceId: row.id };
      await this.audit.record(tx, { actor, action: 'rules:write', outcome: 'done', ...resource, details: { alert } });
      return toAlertRule(row, await this.instances.listOf(tx, [row.id]));
    });
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<AlertRulePage> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, ['instant', 'uuid']);
    return this.rules.inWorkspace(currentActor().workspaceId, async (tx) => {
      const rows = await this.rules.list(tx, limit + 1, after);
      const known = await this.instances.listOf(
        tx,
        rows.map(({ id }) => id),
      );
      const byRule = Map.groupBy(known, ({ ruleId }) => ruleId);
      const toItem = (row: RuleRow): AlertRule => toAlertRule(row, byRule.get(row.id) ?? []);
      return toPage(rows, limit, (row) => [row.created_at.toISOString(), row.id], toItem);
    });
  }

  /** Removes the rule; what it had firing is resolved. */
  async remove(id: string): Promise<Nothing> {
    const actor = currentActor();
    await this.rules.inWorkspace(actor.workspaceId, async (tx) => {
      const rule = await this.rules.remove(tx, id);
      if (!rule) throw new ServiceError('NOT_FOUND', `no rule ${id}`);
      const active = await this.instances.listOf(tx, [id]);
      await this.instances.remove(tx, active);
      for (const instance of active.filter(({ state }) => state === 'firing')) {
        await oweEvent(tx, MetricsEvents.alertResolved, {
          workspaceId: actor.workspaceId,
          keys: [actor.workspaceId],
          payload: toTransition(instance, rule.alert, new Date()),
          traceparent: currentTraceparent(),
        });
      }
      const resource = { resourceType: 'rule', resourceId: id };
      await this.audit.record(tx, { actor, action: 'rules:write', outcome: 'done', ...resource, reason: 'removed' });
    });
    this.relay.notify();
    return {};
  }

  async groups(): Promise<PrometheusReply> {
    const { groups, rules, byRule } = await this.everything();
    const byGroup = Map.groupBy(rules, (rule) => rule.group_id ?? defaultGroupId(rule.workspace_id));
    const shown = groups.map((group) => toPrometheusGroup(group, byGroup.get(group.id) ?? [], byRule));
    return { data: { groups: shown } };
  }

  async alerts(): Promise<PrometheusReply> {
    const { byRule } = await this.everything();
    return { data: { alerts: [...byRule.values()].flat().map(toPrometheusAlert) } };
  }

  private async everything(): Promise<{
    groups: RuleGroupRow[];
    rules: RuleRow[];
    byRule: Map<string, AlertInstance[]>;
  }> {
    return this.rules.inWorkspace(currentActor().workspaceId, async (tx) => {
      const [groups, rules] = [await this.groupRows.listAll(tx), await this.rules.listAll(tx)];
      return { groups, rules, byRule: Map.groupBy(await this.instances.listAll(tx), ({ ruleId }) => ruleId) };
    });
  }
}

function toAlertRule(row: RuleRow, instances: readonly AlertInstance[]): AlertRule {
  return {
    id: row.id,
    alert: row.alert,
    expr: row.expr,
    ...(row.for !== null && { for: row.for }),
    ...(row.keep_firing_for !== null && { keep_firing_for: row.keep_firing_for }),
    labels: { ...row.labels },
    annotations: { ...row.annotations },
    state: stateOf(instances),
    createdAt: row.created_at.toISOString(),
    ...(row.last_evaluated_at && { lastEvaluatedAt: row.last_evaluated_at.toISOString() }),
    ...(row.last_error !== null && { lastError: row.last_error }),
  };
}
