import type { VectorSelector, Span } from '../syntax/ast.js';
import type { LabelSet } from '../values/label-set.js';

/** The samples of one series, without stale markers, in the order of time. */
export interface RangeSeries {
  readonly labels: LabelSet;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly dropName: boolean;
}

/** What a range selector or a subquery gives to a function: at each step it sees those samples that are in its window. */
export interface RangeInput {
  readonly series: readonly RangeSeries[];
  readonly rangeMs: number;
  readonly offsetMs: number;
  /** When the window ends, if that is the same at each step. */
  readonly atMs?: number;
  readonly extension?: VectorSelector['extension'];
  readonly span: Span;
}
