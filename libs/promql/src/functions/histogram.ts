import { put, type Column } from '../evaluate/column.js';
import { mergeEqual } from '../evaluate/merge-equal.js';
import { forMetric } from '../evaluate/notes.js';
import type { Scope } from '../evaluate/scope.js';
import { parseNumber } from '../syntax/build-duration.js';
import type { Call, Expr } from '../syntax/ast.js';
import type { LabelSet } from '../values/label-set.js';
import { bucketFraction, bucketQuantile, type Bucket } from './buckets.js';
import { oddText } from './evaluate-over-time.js';
import { isQuantile } from './quantile.js';
import { textOf } from './relabel.js';

const LE: ReadonlySet<string> = new Set(['le']);

interface Histogram {
  readonly labels: LabelSet;
  readonly buckets: { bound: number; column: Column }[];
}

export function histogramQuantile({ args }: Call, scope: Scope): Column[] {
  const [q, vector] = args as [Expr, Expr];
  return quantiles(vector, [{ q: scope.scalar(q), at: q }], scope);
}

/** Several quantiles at once, each with its number in a label. */
export function histogramQuantiles({ args }: Call, scope: Scope): Column[] {
  const [vector, label, ...wanted] = args as [Expr, Expr, ...Expr[]];
  const name = textOf(label);
  const asked = wanted.map((at) => {
    const q = scope.scalar(at);
    return { q, at, mark: (labels: LabelSet) => labels.with(name, openMetricsText(q[0] as number)) };
  });
  return quantiles(vector, asked, scope);
}

export function histogramFraction({ args }: Call, scope: Scope): Column[] {
  const [lower, upper, vector] = args as [Expr, Expr, Expr];
  const [from, to] = [scope.scalar(lower), scope.scalar(upper)];
  return perStep(
    histogramsOf(vector, scope),
    scope,
    (labels) => labels,
    (buckets, step) => bucketFraction(from[step] as number, to[step] as number, buckets),
  );
}

interface Asked {
  q: Float64Array;
  at: Expr;
  mark?: (labels: LabelSet) => LabelSet;
}

function quantiles(vector: Expr, asked: readonly Asked[], scope: Scope): Column[] {
  const { run } = scope;
  const histograms = histogramsOf(vector, scope);
  return asked.flatMap(({ q, at, mark = (labels) => labels }) => {
    const odd = q.find((one) => !isQuantile(one));
    const message = `quantile value should be between 0 and 1, got ${oddText(odd)}`;
    if (odd !== undefined) run.notes.warn(message, at);
    return perStep(histograms, scope, mark, (buckets, step, labels) => {
      const { value, forced } = bucketQuantile(q[step] as number, buckets);
      if (forced) run.notes.forcedMonotonicity(run.nameFor(labels), vector, scope.timeAt(step), forced);
      return value;
    });
  });
}

function perStep(
  histograms: readonly Histogram[],
  scope: Scope,
  mark: (labels: LabelSet) => LabelSet,
  valueOf: (buckets: Bucket[], step: number, labels: LabelSet) => number,
): Column[] {
  const columns = histograms.map(({ labels, buckets }) => {
    const made = scope.column(mark(scope.run.withoutMetric(labels)), true);
    for (let step = 0; step < scope.steps; step++) {
      const present = buckets.filter(({ column }) => column.present[step] === 1);
      if (present.length === 0) continue;
      const counted = present.map(({ bound, column }) => ({ bound, count: column.values[step] as number }));
      put(made, step, valueOf(counted, step, labels));
    }
    return made;
  });
  return mergeEqual(columns);
}

/** The series that differ by their bucket's bound alone are one histogram. */
function histogramsOf(vector: Expr, scope: Scope): Histogram[] {
  const found = new Map<string, Histogram>();
  for (const column of scope.vector(vector)) {
    const bound = boundOf(column.labels.get('le'));
    if (bound === undefined) {
      const metric = forMetric(scope.run.nameFor(column.labels));
      const value = JSON.stringify(column.labels.get('le'));
      scope.run.notes.warn(`bucket label "le" is missing or has a malformed value of ${value}${metric}`, vector);
      continue;
    }
    const labels = column.labels.drop(LE);
    const histogram = found.get(labels.key) ?? { labels, buckets: [] };
    found.set(labels.key, histogram);
    histogram.buckets.push({ bound, column });
  }
  return [...found.values()];
}

function boundOf(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const size = parseNumber(text.replace(/^[+-]/, ''));
  return size === undefined ? undefined : sign * size;
}

/** A number as OpenMetrics writes it: whole ones with a point. */
function openMetricsText(value: number): string {
  if (!Number.isFinite(value)) return oddText(value);
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
