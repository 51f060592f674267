import { put, type Column } from '../evaluate/column.js';
import type { Scope } from '../evaluate/scope.js';
import { oddText } from '../functions/evaluate-over-time.js';
import { compareValues } from '../functions/sort.js';
import type { Aggregate, Expr } from '../syntax/ast.js';
import { PromqlError } from '../syntax/promql-error.js';
import type { Group } from './groups.js';
import { placeOf } from './place.js';

const MAX_INT64 = 2 ** 63;

/** The aggregations that keep some series of each group as they are: the largest, the smallest, any, or a share of them. */
export function someOf(expr: Aggregate, groups: readonly Group[], numbers: Float64Array, scope: Scope): Column[] {
  const isShare = expr.operator === 'limit_ratio';
  if (isShare ? !isAnyShare(numbers, expr, scope) : !isAnyCount(numbers)) return [];
  const chosen: Column[] = [];
  for (const { columns } of groups) {
    const made = new Map<Column, Column>();
    for (let step = 0; step < scope.steps; step++) {
      scope.run.budget.check();
      const present = columns.filter((column) => column.present[step] === 1);
      for (const column of choose(expr.operator, present, numbers[step] as number, step)) {
        const target = made.get(column) ?? scope.column(column.labels, column.dropName);
        made.set(column, target);
        put(target, step, column.values[step] as number);
      }
    }
    // At a single step they are in the order in which they were chosen.
    chosen.push(...made.values());
  }
  return chosen;
}

function choose(operator: string, columns: Column[], number: number, step: number): Column[] {
  if (operator === 'limit_ratio') return columns.filter(({ labels }) => isInShare(placeOf(labels), number));
  const count = Math.trunc(number);
  if (count < 1) return [];
  if (operator === 'limitk') return columns.slice(0, count);
  const sign = operator === 'topk' ? -1 : 1;
  return columns
    .sort((a, b) => compareValues(a.values[step] as number, b.values[step] as number, sign))
    .slice(0, count);
}

function isAnyCount(numbers: Float64Array): boolean {
  const [least, most] = [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
  if (most < 1) return false;
  if (numbers.some((number) => number !== number)) throw new PromqlError('Parameter value is NaN');
  if (least <= -MAX_INT64) throw new PromqlError(`Scalar value ${oddText(least)} underflows int64`);
  if (most >= MAX_INT64) throw new PromqlError(`Scalar value ${oddText(most)} overflows int64`);
  return true;
}

function isAnyShare(ratios: Float64Array, { param }: Aggregate, { run }: Scope): boolean {
  if (ratios.every((ratio) => ratio === 0)) return false;
  if (ratios.some((ratio) => ratio !== ratio)) throw new PromqlError('Ratio value is NaN');
  for (const bound of [1, -1]) {
    const odd = ratios.find((ratio) => ratio * bound > 1);
    const message = `ratio value should be between -1 and 1, got ${odd}, capping to ${bound}`;
    if (odd !== undefined) run.notes.warn(message, param as Expr);
  }
  return true;
}

/** A negative share is what the positive one leaves out: together they are all. */
function isInShare(place: number, ratio: number): boolean {
  return ratio >= 0 ? place < ratio : place >= 1 + ratio;
}
