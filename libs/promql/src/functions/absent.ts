import { put, type Column } from '../evaluate/column.js';
import { bare } from '../evaluate/invariance.js';
import type { Scope } from '../evaluate/scope.js';
import type { Expr } from '../syntax/ast.js';
import { LabelSet, METRIC_NAME } from '../values/label-set.js';

/** One where the vector is empty. */
export function absent(arg: Expr, scope: Scope): Column[] {
  const columns = scope.vector(arg);
  const column = scope.column(absentLabels(arg), true);
  for (let step = 0; step < scope.steps; step++) {
    if (columns.every(({ present }) => present[step] === 0)) put(column, step, 1);
  }
  return column.present.includes(1) ? [column] : [];
}

/** The labels that a selector asks for by one equal matcher. */
export function absentLabels(arg: Expr): LabelSet {
  const expr = bare(arg);
  const selector = expr.kind === 'matrix-selector' ? expr.selector : expr;
  if (selector.kind !== 'vector-selector') return LabelSet.empty;
  const values = new Map<string, string>();
  const seen = new Set<string>();
  for (const { label, operator, value } of selector.matchers) {
    if (label === METRIC_NAME) continue;
    if (operator === '=' && !seen.has(label)) {
      values.set(label, value);
      seen.add(label);
    } else values.delete(label);
  }
  return LabelSet.from([...values]);
}
