import { put, type Column } from '../evaluate/column.js';
import type { Scope } from '../evaluate/scope.js';
import { oddText } from '../functions/evaluate-over-time.js';
import { isQuantile, quantileOf } from '../functions/quantile.js';
import type { Aggregate, Expr } from '../syntax/ast.js';
import { countValues } from './count-values.js';
import { groupsOf, type Group } from './groups.js';
import { reducers, type Reducer } from './reducers.js';
import { someOf } from './some.js';

/** One series for each group, or, with `topk` and its like, some series of each. */
export function evaluateAggregate(expr: Aggregate, scope: Scope): Column[] {
  const { operator, inner, param } = expr;
  if (operator === 'count_values') return countValues(expr, scope);
  const numbers = param && scope.scalar(param);
  const groups = groupsOf(scope.vector(inner), expr.grouping);
  if (operator === 'quantile') return quantile(groups, numbers as Float64Array, param as Expr, scope);
  const make = reducers.get(operator);
  if (!make) return someOf(expr, groups, numbers as Float64Array, scope);
  return groups.map((group) => reduce(group, make(scope.steps, scope.run.options.compat), scope));
}

function reduce({ labels, columns }: Group, reducer: Reducer, scope: Scope): Column {
  const { run, steps } = scope;
  const counts = new Uint32Array(steps);
  for (const { values, present } of columns) {
    run.budget.check();
    for (let step = 0; step < steps; step++) {
      if (present[step] === 0) continue;
      const count = counts[step] as number;
      reducer.add(step, values[step] as number, count);
      counts[step] = count + 1;
    }
  }
  const made = scope.column(labels, losesName(columns));
  for (let step = 0; step < steps; step++) {
    const count = counts[step] as number;
    if (count > 0) put(made, step, reducer.result(step, count));
  }
  return made;
}

function quantile(groups: readonly Group[], q: Float64Array, param: Expr, scope: Scope): Column[] {
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

function losesName(columns: readonly Column[]): boolean {
  return columns.some(({ dropName }) => dropName);
}
