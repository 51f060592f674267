import { PromqlError } from '../syntax/promql-error.js';
import type { LabelSet } from '../values/label-set.js';

/** One series of an instant vector at every step of an evaluation. */
export interface Column {
  readonly labels: LabelSet;
  readonly values: Float64Array;
  /** 1 at the steps that have a value. */
  readonly present: Uint8Array;
  /** Whether the metric's name is to go at the end, where that is put off so long. */
  readonly dropName: boolean;
}

export function newColumn(labels: LabelSet, steps: number, dropName = false): Column {
  return { labels, values: new Float64Array(steps), present: new Uint8Array(steps), dropName };
}

export function put(column: Column, step: number, value: number): void {
  column.values[step] = value;
  column.present[step] = 1;
}

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
