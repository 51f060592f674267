import { isStale } from '../stale-marker.js';
import type { InputSeries, VectorSelector } from '../syntax/ast.js';
import { put, type Column } from './column.js';
import type { Scope } from './scope.js';

/** The newest sample of each selected series at each step, no older than the lookback. */
export function select(selector: VectorSelector, scope: Scope): Column[] {
  return sweep(selector, scope, ({ values }, at) => values[at] as number);
}

/** The same, but the samples' own times in seconds. */
export function selectTimes(selector: VectorSelector, scope: Scope): Column[] {
  return sweep(selector, scope, ({ times }, at) => (times[at] as number) / 1_000).map((column) => ({
    ...column,
    labels: scope.run.withoutMetric(column.labels),
    dropName: true,
  }));
}

function sweep(selector: VectorSelector, scope: Scope, read: (series: InputSeries, at: number) => number): Column[] {
  const { run } = scope;
  const [offsetMs, atMs] = [run.durationMs(selector.offset), run.atMs(selector.at)];
  return sweepSeries(run.seriesOf(selector), scope, offsetMs, atMs, read);
}

/** At each step, or each time at `atMs`, what `read` says of the newest sample. */
export function sweepSeries(
  all: readonly InputSeries[],
  scope: Scope,
  offsetMs: number,
  atMs: number | undefined,
  read: (series: InputSeries, at: number) => number,
): Column[] {
  const { run, steps } = scope;
  // A whole number of milliseconds more makes the edge belong to what is looked at.
  const lookbackMs = run.options.lookbackMs + (run.isLeftClosed ? 1 : 0);
  const columns: Column[] = [];
  for (const series of all) {
    const { times, values, labels } = series;
    const column = scope.column(labels);
    let [next, found] = [0, 0];
    for (let step = 0; step < steps; step++) {
      const time = (atMs ?? scope.timeAt(step)) - offsetMs;
      while (next < times.length && (times[next] as number) <= time) next++;
      if (next === 0 || (times[next - 1] as number) <= time - lookbackMs || isStale(values, next - 1)) continue;
      put(column, step, read(series, next - 1));
      found++;
    }
    if (found > 0) columns.push(column);
  }
  return columns;
}
