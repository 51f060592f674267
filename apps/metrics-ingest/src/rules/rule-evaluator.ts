import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MetricsEvents } from '@scm/contracts';
import { oweEvent } from '@scm/database';
import { EventRelay } from '@scm/service';
import { Periodic } from '../lease/periodic.js';
import { LogTail } from '../log/log-tail.js';
import { AlertInstanceRepository } from './alert-instance.repository.js';
import { toTransition } from './alert-transition.js';
import { dueAt, nextAfter } from './group-times.js';
import { GroupEvaluation, type Outcome } from './group-evaluation.js';
import { RuleGroupRepository, type RuleGroupRow } from './rule-group.repository.js';
import { RuleRepository } from './rule.repository.js';

const TICK_MS = 1_000;
/** Values and times of evaluation change each time; they are stored this often. */
const REFRESH_MS = 10_000;
/** Groups one replica takes at once: the others are free for other replicas meanwhile. */
const MAX_CLAIMED = 16;

/**
 * Evaluates each group of rules at its times, whichever replica comes first. What an evaluation comes to, the states it
 * changes and the events it owes for them commit together, unless another replica has taken the group over meanwhile: so
 * neither a restart nor another replica can forget or repeat a step.
 */
@Injectable()
export class RuleEvaluator implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly periodic = new Periodic(RuleEvaluator.name, TICK_MS, () => this.evaluateDue());
  private readonly stopping = new AbortController();

  constructor(
    private readonly groups: RuleGroupRepository,
    private readonly rules: RuleRepository,
    private readonly instances: AlertInstanceRepository,
    private readonly evaluation: GroupEvaluation,
    private readonly tail: LogTail,
    private readonly relay: EventRelay,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const workspaceId of await this.groups.workspacesWithoutDefault()) {
      await this.rules.inWorkspace(workspaceId, (tx) => this.groups.ensureDefault(tx, workspaceId));
    }
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.periodic.stop();
  }

  private async evaluateDue(): Promise<void> {
    for (let claimed = MAX_CLAIMED; claimed === MAX_CLAIMED && !this.stopping.signal.aborted;) {
      const groups = await this.groups.claim(MAX_CLAIMED);
      claimed = groups.length;
      if (claimed > 0) await this.tail.catchUp();
      const failures: unknown[] = [];
      for (const group of groups) await this.evaluate(group).catch((error: unknown) => failures.push(error));
      // The others are evaluated all the same; what failed is due again when it is held no more.
      if (failures.length > 0) throw failures[0];
    }
  }

  private async evaluate(group: RuleGroupRow): Promise<void> {
    const startedMs = performance.now();
    const at = dueAt(group, Date.now());
    const { rules, known } = await this.rules.ofAllWorkspaces((tx) => this.load(tx, group));
    const outcomes = await this.evaluation.run(group, rules, known, at, () => this.groups.hold(group));
    const owed = await this.rules.ofAllWorkspaces(async (tx) => {
      const nextAt = nextAfter(group, at);
      if (!(await this.groups.finish(tx, group, nextAt, performance.now() - startedMs))) return undefined;
      await this.refresh(tx, outcomes, at);
      return this.storeChanges(tx, outcomes, at);
    });
    if (owed === undefined) return;
    if (owed > 0) this.relay.notify();
    await this.evaluation.recordAlerts(group, outcomes, at);
  }

  private async load(tx: EntityManager, { id, file, workspaceId }: RuleGroupRow) {
    const rules = await this.rules.listOf(tx, file === null ? [] : [id], file === null ? [workspaceId] : []);
    const found = await this.instances.listOf(
      tx,
      rules.map((rule) => rule.id),
    );
    return { rules, known: Map.groupBy(found, ({ ruleId }) => ruleId) };
  }

  /** Stores what changes each time, only now and then. */
  private async refresh(tx: EntityManager, outcomes: readonly Outcome[], at: Date): Promise<void> {
    const due = outcomes.filter(({ rule, error }) => {
      const ageMs = at.getTime() - (rule.last_evaluated_at?.getTime() ?? 0);
      return ageMs >= REFRESH_MS || rule.last_error !== error;
    });
    const present = await this.stillThere(tx, due);
    if (present.length === 0) return;
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
  private async storeChanges(tx: EntityManager, outcomes: readonly Outcome[], at: Date): Promise<number> {
    const changing = outcomes.filter(({ verdict }) => verdict && verdict.changed.length + verdict.ended.length > 0);
    let owed = 0;
    for (const { rule, verdict } of await this.stillThere(tx, changing)) {
      if (!verdict) continue;
      await this.instances.save(tx, verdict.changed);
      await this.instances.remove(tx, verdict.ended);
      const keys = { workspaceId: rule.workspace_id, keys: [rule.workspace_id] };
      for (const instance of verdict.fired) {
        await oweEvent(tx, MetricsEvents.alertFired, { ...keys, payload: toTransition(instance, rule.alert) });
      }
      for (const instance of verdict.resolved) {
        await oweEvent(tx, MetricsEvents.alertResolved, { ...keys, payload: toTransition(instance, rule.alert, at) });
      }
      owed += verdict.fired.length + verdict.resolved.length;
    }
    return owed;
  }

  /** A rule that was removed meanwhile has had its alerts resolved by whoever removed it. */
  private async stillThere(tx: EntityManager, outcomes: readonly Outcome[]): Promise<Outcome[]> {
    if (outcomes.length === 0) return [];
    const kept = await this.rules.keep(
      tx,
      outcomes.map(({ rule }) => rule.id),
    );
    return outcomes.filter(({ rule }) => kept.has(rule.id));
  }
}
