import type { VectorSelector } from '../syntax/ast.js';
import { put, type Column } from './column.js';
import type { Scope } from './scope.js';
import { withoutMarkers } from './ranges.js';

/** Values on the line between the samples before and after each step, or the last one where none comes after. */
export function selectSmoothed(selector: VectorSelector, scope: Scope): Column[] {
  const { run, steps } = scope;
  const { lookbackMs } = run.options;
  const [offsetMs, atMs] = [run.durationMs(selector.offset), run.atMs(selector.at)];
  return run.seriesOf(selector).flatMap((series) => {
    const { labels, times, values } = withoutMarkers(series);
    const column = scope.column(labels);
    let next = 0;
    for (let step = 0; step < steps; step++) {
      const time = (atMs ?? scope.timeAt(step)) - offsetMs;
      while (next < times.length && (times[next] as number) <= time) next++;
      const before = times[next - 1];
      if (before === undefined || before <= time - lookbackMs) continue;
      const [value, after, later] = [values[next - 1] as number, times[next], values[next]];
      const hasNext = before !== time && after !== undefined && later !== undefined && after <= time + lookbackMs;
      put(column, step, hasNext ? value + ((later - value) * (time - before)) / (after - before) : value);
    }
    return column.present.includes(1) ? [column] : [];
  });
}
