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
import { stateOf, toPrometheusAlert, toPrometheusRule } from './prometheus-shape.js';
import { assertRule } from './rule-input.js';
import { RuleRepository, type RuleRow } from './rule.repository.js';

const MAX_RULES = 1_000;

/** Alert rules of the caller's workspace. */
@Injectable()
export class RulesService {
  constructor(
    private readonly rules: RuleRepository,
    private readonly instances: AlertInstanceRepository,
    private readonly relay: EventRelay,
    private readonly audit: AuditLog,
  ) {}

  async create(request: AlertRuleInput): Promise<AlertRule> {
    assertRule(request);
    const actor = currentActor();
    const { workspaceId } = actor;
    const { alert, expr, labels = {}, annotations = {} } = request;
    const rule = { id: newId(), workspaceId, alert, expr, for: request.for ?? null, labels, annotations };
    return this.rules.inWorkspace(workspaceId, async (tx) => {
      if ((await this.rules.count(tx, workspaceId, MAX_RULES)) >= MAX_RULES) {
        throw new ServiceError('FAILED_PRECONDITION', `the workspace has its ${MAX_RULES} rules already`);
      }
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
    const { rules, byRule } = await this.everything();
    const shown = rules.map((rule) => toPrometheusRule(rule, byRule.get(rule.id) ?? []));
    const group = { name: 'default', file: '', interval: 1, limit: 0, rules: shown, evaluationTime: 0 };
    const times = rules.flatMap(({ last_evaluated_at: at }) => (at ? [at.toISOString()] : []));
    const lastEvaluation = times.sort().at(-1) ?? '0001-01-01T00:00:00Z';
    return { data: { groups: rules.length > 0 ? [{ ...group, lastEvaluation }] : [] } };
  }

  async alerts(): Promise<PrometheusReply> {
    const { byRule } = await this.everything();
    return { data: { alerts: [...byRule.values()].flat().map(toPrometheusAlert) } };
  }

  private async everything(): Promise<{ rules: RuleRow[]; byRule: Map<string, AlertInstance[]> }> {
    return this.rules.inWorkspace(currentActor().workspaceId, async (tx) => {
      const [rules, known] = [await this.rules.listAll(tx), await this.instances.listAll(tx)];
      return { rules, byRule: Map.groupBy(known, ({ ruleId }) => ruleId) };
    });
  }
}

function toAlertRule(row: RuleRow, instances: readonly AlertInstance[]): AlertRule {
  return {
    id: row.id,
    alert: row.alert,
    expr: row.expr,
    ...(row.for !== null && { for: row.for }),
    labels: { ...row.labels },
    annotations: { ...row.annotations },
    state: stateOf(instances),
    createdAt: row.created_at.toISOString(),
    ...(row.last_evaluated_at && { lastEvaluatedAt: row.last_evaluated_at.toISOString() }),
    ...(row.last_error !== null && { lastError: row.last_error }),
  };
}
