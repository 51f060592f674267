import { put, type Column } from '../evaluate/column.js';
import type { Scope } from '../evaluate/scope.js';
import type { Aggregate, Expr } from '../syntax/ast.js';
import { countValues } from './count-values.js';
import { groupsOf, losesName, type Group } from './groups.js';
import { quantile } from './quantile.js';
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
