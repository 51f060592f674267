import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { SampleWriter } from '../ingest/sample-writer.js';
import { parseDuration } from '@scm/promql';
import { keyOf, type Labels } from '../series/labels.js';
import { alertSamples, seriesAt, type DerivedSample } from './derived-series.js';
import type { AlertInstance } from './alert-instance.repository.js';
import { expandAlert, type Result } from './expand-alert.js';
import { judge, type Verdict } from './judge.js';
import type { RuleGroupRow } from './rule-group.repository.js';
import { RuleQuery } from './rule-query.js';
import type { RuleRow } from './rule.repository.js';

/** What one rule came to: the verdict on its alerts, or why it could not be evaluated. */
export interface Outcome {
  rule: RuleRow;
  verdict?: Verdict;
  error: string | null;
}

const HOLD_EVERY_MS = 2_000;
const MAX_RESULTS = 10_000;
const MAX_ERROR = 1_024;
const MAX_KNOWN_RULES = 20_000;

/** Evaluates the rules of a group in their order, so that one may use what those before it recorded. */
@Injectable()
export class GroupEvaluation {
  /** Series that each rule made at its last evaluation here: those that are no longer made get a stale marker. */
  private readonly made = new LRUCache<string, Map<string, Labels>>({ max: MAX_KNOWN_RULES });

  constructor(
    private readonly queries: RuleQuery,
    private readonly writer: SampleWriter,
  ) {}

  /** `hold` keeps other replicas away for some seconds more. */
  async run(
    group: RuleGroupRow,
    rules: readonly RuleRow[],
    known: ReadonlyMap<string, AlertInstance[]>,
    at: Date,
    hold: () => Promise<void>,
  ): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    let heldMs = performance.now();
    for (const rule of rules) {
      outcomes.push(await this.evaluate(group, rule, known.get(rule.id) ?? [], at));
      if (performance.now() - heldMs < HOLD_EVERY_MS) continue;
      await hold();
      heldMs = performance.now();
    }
    return outcomes;
  }

  /** Stores `ALERTS` and `ALERTS_FOR_STATE` of verdicts that are committed. */
  async recordAlerts(group: RuleGroupRow, outcomes: readonly Outcome[], at: Date): Promise<void> {
    for (const { rule, verdict } of outcomes) {
      if (verdict) await this.store(group, rule.id, verdict.active.flatMap(alertSamples), at);
    }
  }

  private async evaluate(group: RuleGroupRow, rule: RuleRow, known: AlertInstance[], at: Date): Promise<Outcome> {
    try {
      const queriedMs = at.getTime() - group.offsetMs;
      const results = await this.queries.instant(group.workspaceId, rule.expr, queriedMs);
      const most = group.maxResults || MAX_RESULTS;
      if (results.length > most) throw new RangeError(`the rule comes to more than ${most} series`);
      if (rule.kind === 'alerting')
        return { rule, verdict: await this.judge(group, rule, known, results, at), error: null };
      await this.store(group, rule.id, recordedSamples(rule, results), new Date(queriedMs));
      return { rule, error: null };
    } catch (error) {
      // Its alerts stay as they are until it can be evaluated again.
      return { rule, error: (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR) };
    }
  }

  private async judge(
    { workspaceId, offsetMs }: RuleGroupRow,
    rule: RuleRow,
    known: AlertInstance[],
    results: readonly Result[],
    at: Date,
  ): Promise<Verdict> {
    const query = (expr: string) => this.queries.instant(workspaceId, expr, at.getTime() - offsetMs);
    const matches = await expandAlert(rule, results, query);
    const forMs = parseDuration(rule.for ?? '') ?? 0;
    const keepFiringForMs = parseDuration(rule.keep_firing_for ?? '') ?? 0;
    return judge({ id: rule.id, workspaceId, forMs, keepFiringForMs }, known, matches, at);
  }

  private async store(group: RuleGroupRow, ruleId: string, samples: DerivedSample[], at: Date): Promise<void> {
    const { series, now } = seriesAt(at.getTime(), samples, this.made.get(ruleId) ?? new Map());
    if (series.length > 0) await this.writer.write(group.workspaceId, series);
    if (now.size > 0) this.made.set(ruleId, now);
    else this.made.delete(ruleId);
  }
}

function recordedSamples(rule: RuleRow, results: readonly Result[]): DerivedSample[] {
  const samples = results.map(({ labels, value }) => {
    const all = { ...labels, ...rule.labels, __name__: rule.alert };
    return { labels: Object.fromEntries(Object.entries(all).filter(([, text]) => text !== '')), value };
  });
  if (new Set(samples.map(({ labels }) => keyOf(labels))).size < samples.length) {
    throw new RangeError('the rule comes to several series with the same labels');
  }
  return samples;
}
