import type { Column } from '../evaluate/column.js';
import { mergeEqual } from '../evaluate/merge-equal.js';
import type { Scope } from '../evaluate/scope.js';

/** New values for the present ones of each column, whose metric is then another. */
export function mapColumns(
  columns: readonly Column[],
  scope: Scope,
  map: (value: number, step: number) => number,
): Column[] {
  const mapped = columns.map(({ labels, values, present }) => {
    scope.run.budget.spend(scope.steps);
    const made = new Float64Array(values.length);
    for (let step = 0; step < made.length; step++) {
      if (present[step] === 1) made[step] = map(values[step] as number, step);
    }
    return { labels: scope.run.withoutMetric(labels), values: made, present, dropName: true };
  });
  return mergeEqual(mapped);
}
