import { isStale } from '../stale-marker.js';
import type { Expr, InputSeries, MatrixSelector, Subquery } from '../syntax/ast.js';
import type { Column } from './column.js';
import { resolvePositive } from './durations.js';
import type { RangeInput, RangeSeries } from './range-input.js';
import type { Scope } from './scope.js';

/** The samples that a function over time is given. */
export function evaluateRange(expr: Expr, scope: Scope): RangeInput {
  switch (expr.kind) {
    case 'paren':
      return evaluateRange(expr.inner, scope);
    case 'matrix-selector':
      return ofSelector(expr, scope);
    case 'subquery':
      return ofSubquery(expr, scope);
    default:
      throw new TypeError(`${expr.kind} is no range`);
  }
}

function ofSelector(expr: MatrixSelector, { run }: Scope): RangeInput {
  const { selector, range } = expr;
  const atMs = run.atMs(selector.at);
  return {
    series: run.seriesOf(selector).map(withoutMarkers),
    rangeMs: resolvePositive(range, run.times),
    offsetMs: run.durationMs(selector.offset),
    ...(atMs !== undefined && { atMs }),
    ...(selector.extension && { extension: selector.extension }),
    span: expr,
  };
}

/** Ranges do not see where series ended. */
export function withoutMarkers({ labels, times, values }: InputSeries): RangeSeries {
  let markers = 0;
  for (let i = 0; i < values.length; i++) if (isStale(values, i)) markers++;
  if (markers === 0) return { labels, times, values, dropName: false };
  const kept = { times: new Float64Array(times.length - markers), values: new Float64Array(times.length - markers) };
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    if (isStale(values, i)) continue;
    kept.times[at] = times[i] as number;
    kept.values[at++] = values[i] as number;
  }
  return { labels, ...kept, dropName: false };
}

/** The inner expression at its own steps, whose times are multiples of the step whenever the query is asked. */
function ofSubquery(expr: Subquery, scope: Scope): RangeInput {
  const { run } = scope;
  const atMs = run.atMs(expr.at);
  const [rangeMs, offsetMs] = [resolvePositive(expr.range, run.times), run.durationMs(expr.offset)];
  const stepMs = expr.step ? resolvePositive(expr.step, run.times) : run.options.subqueryStepMs;
  const beginMs = (atMs ?? scope.startMs) - offsetMs - rangeMs;
  const endMs = (atMs ?? scope.lastMs) - offsetMs;
  const startMs = firstStep(beginMs, stepMs, run.isLeftClosed);
  const steps = Math.max(0, Math.floor((endMs - startMs) / stepMs) + 1);
  run.budget.spend(steps);
  const inner = scope.at(startMs, stepMs, steps);
  const columns = steps === 0 ? [] : inner.vector(expr.inner);
  const series = columns.map((column) => samplesOf(column, inner));
  return { series, rangeMs, offsetMs, ...(atMs !== undefined && { atMs }), span: expr };
}

/** The first multiple of the step after `beginMs`, or at it where windows are closed on the left. */
export function firstStep(beginMs: number, stepMs: number, isLeftClosed: boolean): number {
  const step = Math.trunc(beginMs / stepMs) * stepMs;
  return step < beginMs || (step === beginMs && !isLeftClosed) ? step + stepMs : step;
}

function samplesOf({ labels, values, present, dropName }: Column, scope: Scope): RangeSeries {
  const count = present.reduce((sum, one) => sum + one, 0);
  const kept = { times: new Float64Array(count), values: new Float64Array(count) };
  let at = 0;
  for (let step = 0; step < present.length; step++) {
    if (present[step] === 0) continue;
    kept.times[at] = scope.timeAt(step);
    kept.values[at++] = values[step] as number;
  }
  return { labels, ...kept, dropName };
}
