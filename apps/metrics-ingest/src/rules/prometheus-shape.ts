import { parseDuration } from '@scm/promql';
import { numberText } from '../query/reply-text.js';
import type { AlertInstance } from './alert-instance.repository.js';
import type { RuleRow } from './rule.repository.js';

const ZERO_TIME = '0001-01-01T00:00:00Z';

/** One entry of Prometheus's `/alerts`. */
export function toPrometheusAlert({ labels, annotations, state, activeAt, value }: AlertInstance): object {
  return { labels, annotations, state, activeAt: activeAt.toISOString(), value: exponential(value) };
}

/** One entry of a group's `rules` in Prometheus's `/rules`. */
export function toPrometheusRule(rule: RuleRow, instances: readonly AlertInstance[]): object {
  return {
    state: stateOf(instances),
    name: rule.alert,
    query: rule.expr,
    duration: (parseDuration(rule.for ?? '') ?? 0) / 1_000,
    keepFiringFor: 0,
    labels: rule.labels,
    annotations: rule.annotations,
    alerts: instances.map(toPrometheusAlert),
    health: rule.last_evaluated_at === null ? 'unknown' : rule.last_error === null ? 'ok' : 'err',
    ...(rule.last_error !== null && { lastError: rule.last_error }),
    evaluationTime: 0,
    lastEvaluation: rule.last_evaluated_at?.toISOString() ?? ZERO_TIME,
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
