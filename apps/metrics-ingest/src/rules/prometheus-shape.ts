import { parseDuration } from '@scm/promql';
import { numberText } from '../query/reply-text.js';
import type { AlertInstance } from './alert-instance.repository.js';
import type { RuleGroupRow } from './rule-group.repository.js';
import type { RuleRow } from './rule.repository.js';

const ZERO_TIME = '0001-01-01T00:00:00Z';

/** One entry of Prometheus's `/alerts`. */
export function toPrometheusAlert(instance: AlertInstance): object {
  const { labels, annotations, state, activeAt, keepFiringSince, value } = instance;
  const kept = keepFiringSince && { keepFiringSince: keepFiringSince.toISOString() };
  return { labels, annotations, state, activeAt: activeAt.toISOString(), ...kept, value: exponential(value) };
}

/** One entry of `groups` in Prometheus's `/rules`. */
export function toPrometheusGroup(
  group: RuleGroupRow,
  rules: readonly RuleRow[],
  byRule: ReadonlyMap<string, AlertInstance[]>,
): object {
  return {
    name: group.name,
    file: group.file ?? '',
    interval: group.intervalMs / 1_000,
    limit: group.maxResults,
    rules: rules.map((rule) => toPrometheusRule(rule, byRule.get(rule.id) ?? [])),
    evaluationTime: group.evaluationMs / 1_000,
    lastEvaluation: group.evaluatedAt?.toISOString() ?? ZERO_TIME,
  };
}

function toPrometheusRule(rule: RuleRow, instances: readonly AlertInstance[]): object {
  const both = {
    name: rule.alert,
    query: rule.expr,
    labels: rule.labels,
    health: rule.last_evaluated_at === null ? 'unknown' : rule.last_error === null ? 'ok' : 'err',
    ...(rule.last_error !== null && { lastError: rule.last_error }),
    evaluationTime: 0,
    lastEvaluation: rule.last_evaluated_at?.toISOString() ?? ZERO_TIME,
  };
  if (rule.kind === 'recording') return { ...both, type: 'recording' };
  return {
    state: stateOf(instances),
    ...both,
    duration: (parseDuration(rule.for ?? '') ?? 0) / 1_000,
    keepFiringFor: (parseDuration(rule.keep_firing_for ?? '') ?? 0) / 1_000,
    annotations: rule.annotations,
    alerts: instances.map(toPrometheusAlert),
    type: 'alerting',
  };
}

export function stateOf(instances: readonly AlertInstance[]): 'inactive' | 'pending' | 'firing' {
  if (instances.some(({ state }) => state === 'firing')) return 'firing';
  return instances.length > 0 ? 'pending' : 'inactive';
}

/** A number as Go's `%e` writes it, with at least two digits in the exponent: `1e+00`. */
function exponential(value: number): string {
  if (!Number.isFinite(value)) return numberText(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
