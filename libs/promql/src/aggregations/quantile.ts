import { put, type Column } from '../evaluate/column.js';
import type { Scope } from '../evaluate/scope.js';
import { oddText } from '../functions/evaluate-over-time.js';
import { isQuantile, quantileOf } from '../functions/quantile.js';
import type { Expr } from '../syntax/ast.js';
import { losesName, type Group } from './groups.js';

/** The quantile of each group's values, step by step. */
export function quantile(groups: readonly Group[], q: Float64Array, param: Expr, scope: Scope): Column[] {
  const { run, steps } = scope;
  const odd = q.find((one) => !isQuantile(one));
  if (odd !== undefined) run.notes.warn(`quantile value should be between 0 and 1, got ${oddText(odd)}`, param);
  return groups.map(({ labels, columns }) => {
    const made = scope.column(labels, losesName(columns));
    for (let step = 0; step < steps; step++) {
      run.budget.check();
      const present = columns.filter((column) => column.present[step] === 1);
      if (present.length === 0) continue;
      const values = Float64Array.from(present, (column) => column.values[step] as number);
      put(made, step, quantileOf(q[step] as number, values));
    }
    return made;
  });
}
