import { setImmediate } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MetricsEvents } from '@scm/contracts';
import { oweEvent } from '@scm/database';
import { parseDuration } from '@scm/promql';
import { EventRelay } from '@scm/service';
import { LeaseRepository } from '../lease/lease.repository.js';
import { Periodic } from '../lease/periodic.js';
import { LogTail } from '../log/log-tail.js';
import { QueryEngine, type ParsedQuery } from '../query/query-engine.js';
import { AlertInstanceRepository, type AlertInstance } from './alert-instance.repository.js';
import { toTransition } from './alert-transition.js';
import { matchesOf, parseCondition } from './condition.js';
import { judge, type Match, type Verdict } from './judge.js';
import { RuleRepository, type RuleRow } from './rule.repository.js';

const INTERVAL_MS = 1_000;
/** Values and times of evaluation change each second; they are stored this often. */
const REFRESH_MS = 10_000;
const MAX_CONDITIONS = 20_000;
const MAX_BLOCKING_MS = 10;

interface Outcome {
  rule: RuleRow;
  verdict?: Verdict;
  error: string | null;
}

/**
 * Judges every rule each second. The replica that holds the lease does it in one transaction with the states it changes and
 * the events it owes for them, so that neither a restart nor another replica can forget or repeat a step.
 */
@Injectable()
export class RuleEvaluator implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly periodic = new Periodic(RuleEvaluator.name, INTERVAL_MS, () => this.evaluate());
  private readonly conditions = new Map<string, ParsedQuery>();

  constructor(
    private readonly rules: RuleRepository,
    private readonly instances: AlertInstanceRepository,
    private readonly leases: LeaseRepository,
    private readonly engine: QueryEngine,
    private readonly tail: LogTail,
    private readonly relay: EventRelay,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.periodic.stop();
    await this.leases.release('rules');
  }

  private async evaluate(): Promise<void> {
    await this.tail.catchUp();
    const owed = await this.rules.ofAllWorkspaces(async (tx) => {
      if (!(await this.leases.hold(tx, 'rules'))) return 0;
      const [rules, known] = [await this.rules.listAll(tx), await this.instances.listAll(tx)];
      const byRule = Map.groupBy(known, ({ ruleId }) => ruleId);
      const now = new Date();
      const outcomes = await this.judgeAll(rules, byRule, now);
      await this.refresh(tx, outcomes, now);
      return this.storeChanges(tx, outcomes, now);
    });
    if (owed > 0) this.relay.notify();
  }

  private async judgeAll(rules: RuleRow[], byRule: Map<string, AlertInstance[]>, now: Date): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    let since = performance.now();
    for (const rule of rules) {
      outcomes.push(await this.judgeOne(rule, byRule.get(rule.id) ?? [], now));
      if (performance.now() - since < MAX_BLOCKING_MS) continue;
      // Calls are answered between the rules, however many there are.
      await setImmediate();
      since = performance.now();
    }
    return outcomes;
  }

  private async judgeOne(rule: RuleRow, known: AlertInstance[], now: Date): Promise<Outcome> {
    try {
      const { id, workspace_id: workspaceId, alert, labels, annotations } = rule;
      const forMs = parseDuration(rule.for ?? '') ?? 0;
      const matches = await this.matchesOf(rule, now.getTime());
      const verdict = judge({ id, workspaceId, alert, forMs, labels, annotations }, known, matches, now);
      return { rule, verdict, error: null };
    } catch (error) {
      // Its alerts stay as they are until it can be judged again.
      return { rule, error: (error instanceof Error ? error.message : String(error)).slice(0, 1_024) };
    }
  }

  private async matchesOf({ workspace_id: workspaceId, expr }: RuleRow, nowMs: number): Promise<Match[]> {
    const plan = this.engine.plan(this.conditionOf(expr), { startMs: nowMs, endMs: nowMs, stepMs: 0 });
    return matchesOf(await this.engine.answer(workspaceId, plan));
  }

  private conditionOf(expr: string): ParsedQuery {
    const known = this.conditions.get(expr);
    if (known) return known;
    if (this.conditions.size >= MAX_CONDITIONS) this.conditions.clear();
    const condition = parseCondition(expr);
    this.conditions.set(expr, condition);
    return condition;
  }

  /** Stores what changes each second, only now and then. */
  private async refresh(tx: EntityManager, outcomes: Outcome[], now: Date): Promise<void> {
    const due = outcomes.filter(({ rule, error }) => {
      const ageMs = now.getTime() - (rule.last_evaluated_at?.getTime() ?? 0);
      return ageMs >= REFRESH_MS || rule.last_error !== error;
    });
    if (due.length === 0) return;
    const kept = await this.rules.keep(
      tx,
      due.map(({ rule }) => rule.id),
    );
    const present = due.filter(({ rule }) => kept.has(rule.id));
    await this.rules.markEvaluated(
      tx,
      present.map(({ rule, error }) => ({ id: rule.id, error })),
    );
    await this.instances.save(
      tx,
      present.flatMap(({ verdict }) => verdict?.active ?? []),
    );
  }

  /** @returns how many events are owed. */
  private async storeChanges(tx: EntityManager, outcomes: Outcome[], now: Date): Promise<number> {
    const changing = outcomes.filter(({ verdict }) => verdict && verdict.changed.length + verdict.ended.length > 0);
    if (changing.length === 0) return 0;
    // A rule that was removed meanwhile has had its alerts resolved by whoever removed it.
    const kept = await this.rules.keep(
      tx,
      changing.map(({ rule }) => rule.id),
    );
    let owed = 0;
    for (const { rule, verdict } of changing) {
      if (!verdict || !kept.has(rule.id)) continue;
      await this.instances.save(tx, verdict.changed);
      await this.instances.remove(tx, verdict.ended);
      for (const instance of verdict.fired) {
        const payload = toTransition(instance, rule.alert);
        await oweEvent(tx, MetricsEvents.alertFired, {
          workspaceId: rule.workspace_id,
          keys: [rule.workspace_id],
          payload,
        });
      }
      for (const instance of verdict.resolved) {
        const payload = toTransition(instance, rule.alert, now);
        await oweEvent(tx, MetricsEvents.alertResolved, {
          workspaceId: rule.workspace_id,
          keys: [rule.workspace_id],
          payload,
        });
      }
      owed += verdict.fired.length + verdict.resolved.length;
    }
    return owed;
  }
}
