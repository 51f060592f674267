import type { Column } from '../evaluate/column.js';
import { mergeEqual } from '../evaluate/merge-equal.js';
import type { Scope } from '../evaluate/scope.js';
import type { Binary } from '../syntax/ast.js';
import { binaryOperators, type BinaryOperator } from './arithmetic.js';

/** An operator between each element of a vector and a number, which may stand on either side. */
export function vectorScalar(
  { operator, isBool }: Binary,
  columns: readonly Column[],
  scalar: Float64Array,
  isSwapped: boolean,
  scope: Scope,
): Column[] {
  const { compute, compare } = binaryOperators.get(operator) as BinaryOperator;
  const isFilter = compare !== undefined && !isBool;
  const changed = columns.map((column) => {
    const { labels, values, present } = column;
    scope.run.budget.spend(scope.steps);
    const made = new Float64Array(values.length);
    const kept = isFilter ? new Uint8Array(values.length) : present;
    for (let step = 0; step < values.length; step++) {
      if (present[step] === 0) continue;
      const value = values[step] as number;
      const other = scalar[step] as number;
      const [a, b] = isSwapped ? [other, value] : [value, other];
      if (compute) made[step] = compute(a, b);
      else if (isBool) made[step] = compare?.(a, b) ? 1 : 0;
      else if (compare?.(a, b)) {
        made[step] = value;
        kept[step] = 1;
      }
    }
    if (isFilter) return { ...column, values: made, present: kept };
    return { labels: scope.run.withoutMetric(labels), values: made, present: kept, dropName: true };
  });
  return mergeEqual(isFilter ? changed.filter(({ present }) => present.includes(1)) : changed);
}
