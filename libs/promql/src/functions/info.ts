import { put, type Column } from '../evaluate/column.js';
import { mergeEqual } from '../evaluate/merge-equal.js';
import { resolveAt, resolveDuration } from '../evaluate/durations.js';
import type { QueryTimes } from '../evaluate/options.js';
import type { Scope } from '../evaluate/scope.js';
import { sweepSeries } from '../evaluate/select.js';
import type { Call, Expr, Modifiers, VectorSelector } from '../syntax/ast.js';
import { PromqlError } from '../syntax/promql-error.js';
import { LabelSet, METRIC_NAME } from '../values/label-set.js';
import { matcherOf, type Matcher } from '../values/matcher.js';

const IDENTIFYING = ['instance', 'job'] as const;

/** Gives each series the labels of the info series, such as `target_info`, that have the same instance and job. */
export function info(call: Call, scope: Scope): Column[] {
  const base = scope.vector(call.args[0] as Expr);
  const { names, data } = infoMatchers(call);
  const { offsetMs, atMs } = infoTime(call, scope.run.times);
  const columns = sweepSeries(scope.run.seriesOf(call), scope, offsetMs, atMs, ({ times }, at) => times[at] as number);
  const found = Map.groupBy(columns, ({ labels }) => labels.metric);
  const made = new Map<string, Column>();
  for (const column of base) {
    if (names.every(({ test }) => test(column.labels.metric))) {
      made.set(column.labels.key, column);
      continue;
    }
    const candidates = [...found.values()].map((all) => all.filter(({ labels }) => isSame(labels, column.labels)));
    enrich(column, candidates, data, scope, made);
  }
  return mergeEqual([...made.values()]);
}

/** The labels may differ from step to step, so a series may become several. */
function enrich(
  column: Column,
  candidates: readonly (readonly Column[])[],
  data: readonly Matcher[],
  scope: Scope,
  made: Map<string, Column>,
): void {
  for (let step = 0; step < scope.steps; step++) {
    if (column.present[step] === 0) continue;
    const sources = candidates.flatMap((all) => newestAt(all, step) ?? []);
    if (sources.length === 0 && !data.every(({ test }) => test(''))) continue;
    const labels = withData(column.labels, sources, data);
    const target = made.get(labels.key) ?? scope.column(labels, column.dropName);
    made.set(labels.key, target);
    put(target, step, column.values[step] as number);
  }
}

function isSame(a: LabelSet, b: LabelSet): boolean {
  return (
    IDENTIFYING.every((label) => a.get(label) === b.get(label)) && IDENTIFYING.some((label) => a.get(label) !== '')
  );
}

/** The info series whose sample is the newest; the values of these columns are the samples' times. */
function newestAt(columns: readonly Column[], step: number): Column | undefined {
  let newest: Column | undefined;
  for (const column of columns) {
    if (column.present[step] === 0) continue;
    const [time, best] = [column.values[step] as number, newest ? (newest.values[step] as number) : -Infinity];
    if (time === best && newest) {
      const [one, other] = [newest.labels.toString(), column.labels.toString()];
      throw new PromqlError(
        `found duplicate series for info metric: existing ${one} @ ${best}, new ${other} @ ${time}`,
      );
    }
    if (time > best) newest = column;
  }
  return newest;
}

function withData(base: LabelSet, sources: readonly Column[], data: readonly Matcher[]): LabelSet {
  const added = new Map<string, string>();
  for (const { labels } of sources) {
    for (const [name, value] of labels.pairs) {
      if (name === METRIC_NAME || (data.length > 0 && !data.some(({ label }) => label === name))) continue;
      const before = added.get(name);
      if (before !== undefined && before !== value) throw new PromqlError(`conflicting label: ${name}`);
      if (base.get(name) === '') added.set(name, value);
    }
  }
  return added.size === 0 ? base : LabelSet.from([...base.pairs, ...added]);
}

/** Which series are info series, and which of their labels are wanted. */
export function infoMatchers({ args: [, selector] }: Call): { names: Matcher[]; data: Matcher[] } {
  const matchers = (selector as VectorSelector | undefined)?.matchers ?? [];
  const names = matchers.filter(({ label }) => label === METRIC_NAME);
  const data = matchers.filter(({ label }) => label !== METRIC_NAME);
  const isNamed = names.some(({ operator }) => operator === '=' || operator === '=~');
  if (isNamed) return { names, data };
  if (names.length > 0) return { names: [matcherOf(METRIC_NAME, '=~', '.+_info'), ...names], data };
  return { names: [matcherOf(METRIC_NAME, '=', 'target_info')], data };
}

/** The time at which info series are looked at is that of the first selector. */
export function infoTime({ args }: Call, times: QueryTimes): { offsetMs: number; atMs?: number } {
  let offsetMs = 0;
  for (const modifiers of modifiersOf(args[0] as Expr) ?? []) {
    offsetMs += resolveDuration(modifiers.offset, times);
    const atMs = resolveAt(modifiers.at, times);
    if (atMs !== undefined) return { offsetMs, atMs };
  }
  return { offsetMs };
}

/** Those of the first selector and of the subqueries around it, from the inside. */
function modifiersOf(expr: Expr): Modifiers[] | undefined {
  switch (expr.kind) {
    case 'vector-selector':
      return [expr];
    case 'matrix-selector':
      return [expr.selector];
    case 'subquery': {
      const inner = modifiersOf(expr.inner);
      return inner && [...inner, expr];
    }
    case 'paren':
    case 'unary':
      return modifiersOf(expr.inner);
    case 'aggregate':
      return modifiersOf(expr.inner) ?? (expr.param && modifiersOf(expr.param));
    case 'binary':
      return modifiersOf(expr.left) ?? modifiersOf(expr.right);
    case 'call':
      return expr.args.map(modifiersOf).find((found) => found !== undefined);
    case 'number':
    case 'string':
      return undefined;
    default: {
      const exhausted: never = expr;
      return exhausted;
    }
  }
}
