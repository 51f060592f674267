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
