import { put, type Column } from '../evaluate/column.js';
import { assertDistinct } from '../evaluate/merge-equal.js';
import type { RangeInput, RangeSeries } from '../evaluate/range-input.js';
import type { Scope } from '../evaluate/scope.js';
import type { Call, Expr } from '../syntax/ast.js';
import { PromqlError } from '../syntax/promql-error.js';
import { typeOf } from '../syntax/types.js';
import { absentLabels } from './absent.js';
import { overTime } from './over-time.js';
import { isQuantile } from './quantile.js';
import { Window, type OverTime } from './window.js';

const keepsName: ReadonlySet<string> = new Set(['first_over_time', 'last_over_time']);
const extendable = {
  anchored: ['changes', 'delta', 'increase', 'rate', 'resets'],
  smoothed: ['delta', 'increase', 'rate'],
};

/** A function of a range, for each series and step. */
export function evaluateOverTime(call: Call, scope: Scope): Column[] {
  const matrix = call.args.find((arg) => typeOf(arg) === 'matrix') as Expr;
  const input = scope.range(matrix);
  assertExtendable(call, input);
  const scalars = call.args.filter((arg) => arg !== matrix).map((arg) => scope.scalar(arg));
  const evaluate = overTime.get(call.name) as OverTime;
  const columns = input.series.flatMap((series) => over(series, input, scope, scalars, evaluate, call.name));
  if (call.name === 'absent_over_time') return absentAtSteps(matrix, columns, scope);
  annotate(call, matrix, columns, input, scalars, scope);
  const named = keepsName.has(call.name) ? columns : columns.map((column) => withoutName(column, scope));
  if (!scope.run.options.delayedNameRemoval) assertDistinct(named);
  return named;
}

function withoutName(column: Column, { run }: Scope): Column {
  return { ...column, labels: run.withoutMetric(column.labels), dropName: true };
}

/** Moves the window over the samples of one series; both its ends only ever move on. */
function over(
  series: RangeSeries,
  input: RangeInput,
  scope: Scope,
  scalars: readonly Float64Array[],
  evaluate: OverTime,
  name: string,
): Column[] {
  const { run, steps } = scope;
  const { times, values } = series;
  const column = scope.column(series.labels, series.dropName || !keepsName.has(name));
  const window = new Window(times, values, input.rangeMs, run.options.compat, input.extension);
  const beforeMs = input.extension ? run.options.lookbackMs : 0;
  const afterMs = input.extension === 'smoothed' ? run.options.lookbackMs : 0;
  let found = 0;
  for (let step = 0; step < steps; step++) {
    window.timeMs = scope.timeAt(step);
    window.endMs = (input.atMs ?? window.timeMs) - input.offsetMs;
    window.startMs = window.endMs - input.rangeMs;
    const [first, last] = [window.startMs - beforeMs, window.endMs + afterMs];
    while (window.to < times.length && (times[window.to] as number) <= last) window.to++;
    while (window.from < window.to && isLeftOf(times[window.from] as number, first, run.isLeftClosed)) window.from++;
    if (window.from === window.to) continue;
    if (scalars.length > 0) window.args = scalars.map((scalar) => scalar[step] as number);
    const value = evaluate(window);
    run.budget.check();
    if (value === undefined) continue;
    put(column, step, value);
    found++;
  }
  return found > 0 ? [column] : [];
}

function isLeftOf(time: number, startMs: number, isLeftClosed: boolean): boolean {
  return isLeftClosed ? time < startMs : time <= startMs;
}

function assertExtendable({ name }: Call, { extension }: RangeInput): void {
  if (extension === undefined || extendable[extension].includes(name)) return;
  const list = extendable[extension].join(', ');
  throw new PromqlError(`${extension} modifier can only be used with: ${list} - not with ${name}`);
}

function absentAtSteps(matrix: Expr, columns: readonly Column[], scope: Scope): Column[] {
  const absent = scope.column(absentLabels(matrix), true);
  for (let step = 0; step < scope.steps; step++) {
    if (columns.every(({ present }) => present[step] === 0)) put(absent, step, 1);
  }
  return absent.present.includes(1) ? [absent] : [];
}

const COUNTER = /_(total|sum|count|bucket)$/;

function annotate(
  { name }: Call,
  matrix: Expr,
  columns: readonly Column[],
  { series }: RangeInput,
  scalars: readonly Float64Array[],
  { run }: Scope,
): void {
  if (name === 'quantile_over_time' && series.length > 0) {
    const odd = scalars[0]?.find((q) => !isQuantile(q));
    const message = `quantile value should be between 0 and 1, got ${oddText(odd)}`;
    if (odd !== undefined) run.notes.warn(message, matrix);
  }
  if (run.options.compat === '2.x' || (name !== 'rate' && name !== 'increase')) return;
  for (const metric of new Set(columns.map(({ labels }) => labels.metric))) {
    if (metric === '' || COUNTER.test(metric)) continue;
    const what = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket';
    run.notes.inform(`${what}: ${JSON.stringify(metric)}`, matrix);
  }
}

/** A number as Go's `%g` has it. */
export function oddText(value: number | undefined): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
