import type { Column } from '../evaluate/column.js';
import type { Scope } from '../evaluate/scope.js';
import type { Call, Expr } from '../syntax/ast.js';
import { compareLabels, type LabelSet } from '../values/label-set.js';
import { compareNaturally } from './natural-order.js';
import { textOf } from './relabel.js';

/** Orders an instant query's answer; that of a range is ordered by labels whatever is asked. */
export function sort(call: Call, scope: Scope): Column[] {
  const columns = scope.vector(call.args[0] as Expr);
  if (scope.steps > 1) {
    const what = 'sort is ineffective for range queries since results are always ordered by labels';
    if (scope.run.options.compat === '3.x') scope.run.notes.warn(what, call);
    return columns;
  }
  return columns.sort(orderOf(call));
}

function orderOf({ name, args }: Call): (a: Column, b: Column) => number {
  const sign = name.endsWith('_desc') ? -1 : 1;
  if (!name.startsWith('sort_by_label'))
    return (a, b) => compareValues(a.values[0] as number, b.values[0] as number, sign);
  const labels = args.slice(1).map(textOf);
  return (a, b) => sign * byLabels(a.labels, b.labels, labels);
}

/** NaN comes last in either order. */
export function compareValues(a: number, b: number, sign: number): number {
  if (a !== a || b !== b) return (a === a ? 0 : 1) - (b === b ? 0 : 1);
  return a === b ? 0 : a < b ? -sign : sign;
}

function byLabels(a: LabelSet, b: LabelSet, labels: readonly string[]): number {
  for (const label of labels) {
    const order = compareNaturally(a.get(label), b.get(label));
    if (order !== 0) return order;
  }
  return compareLabels(a, b);
}
