import { PromqlError } from '../syntax/promql-error.js';
import type { Column } from './column.js';

/** Columns of equal labels become one; two values at one step are an error. */
export function mergeEqual(columns: readonly Column[]): Column[] {
  const merged = new Map<string, Column>();
  for (const column of columns) {
    const { key } = column.labels;
    const before = merged.get(key);
    merged.set(key, before ? merge(before, column) : column);
  }
  return [...merged.values()];
}

/** Throws where columns have equal labels, even if never at the same step. */
export function assertDistinct(columns: readonly Column[]): void {
  if (new Set(columns.map(({ labels }) => labels.key)).size < columns.length) throw sameLabels();
}

function merge(a: Column, b: Column): Column {
  const values = a.values.slice();
  const present = a.present.slice();
  for (let i = 0; i < present.length; i++) {
    if (b.present[i] === 0) continue;
    if (present[i] === 1) throw sameLabels();
    values[i] = b.values[i] as number;
    present[i] = 1;
  }
  return { ...a, values, present };
}

function sameLabels(): PromqlError {
  return new PromqlError('vector cannot contain metrics with the same labelset');
}
