import type { Column } from '../evaluate/column.js';
import type { Scope } from '../evaluate/scope.js';
import { textOf } from '../functions/relabel.js';
import type { Aggregate, Expr } from '../syntax/ast.js';
import { plainNumber } from '../syntax/plain-number.js';
import { PromqlError } from '../syntax/promql-error.js';
import type { LabelSet } from '../values/label-set.js';
import { grouperOf } from './groups.js';

/** How many series of a group have each value, which becomes a label. */
export function countValues({ param, inner, grouping }: Aggregate, scope: Scope): Column[] {
  const label = textOf(param as Expr);
  if (label === '') throw new PromqlError('invalid label name ""');
  const { labelsOf } = grouperOf(
    grouping?.without ? grouping : { without: false, labels: [...(grouping?.labels ?? []), label] },
  );
  const made = new Map<string, Column>();
  for (const { labels, values, present } of scope.vector(inner)) {
    const known = new Map<number | '-0', Column>();
    for (let step = 0; step < scope.steps; step++) {
      if (present[step] === 0) continue;
      const value = values[step] as number;
      // A map takes both zeros for the same key, but they are written differently.
      const key = Object.is(value, -0) ? '-0' : value;
      const column = known.get(key) ?? columnOf(labelsOf(labels.with(label, plainNumber(value))), made, scope);
      known.set(key, column);
      column.values[step] = (column.values[step] as number) + 1;
      column.present[step] = 1;
    }
  }
  return [...made.values()];
}

function columnOf(labels: LabelSet, made: Map<string, Column>, scope: Scope): Column {
  const known = made.get(labels.key);
  if (known) return known;
  const column = scope.column(labels);
  made.set(labels.key, column);
  return column;
}
