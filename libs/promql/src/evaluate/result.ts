import type { Labels } from '../values/label-set.js';
import { compareLabels, type LabelSet } from '../values/label-set.js';
import { endsOf, leftOf, rightOf } from '../functions/extended-rate.js';
import { Window } from '../functions/window.js';
import type { Column } from './column.js';
import type { RangeInput, RangeSeries } from './range-input.js';
import type { Scope } from './scope.js';

export interface ResultSample {
  readonly labels: Labels;
  readonly value: number;
}

export interface ResultSeries {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export type ResultValue =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly samples: readonly ResultSample[] }
  | { readonly type: 'matrix'; readonly series: readonly ResultSeries[] };

/** An answer, and what its author should know about it. */
export type QueryResult = ResultValue & { readonly warnings: readonly string[]; readonly infos: readonly string[] };

/** The elements that are there at the only step, in their order. */
export function toVector(columns: readonly Column[]): ResultValue {
  const samples = columns
    .filter(({ present }) => present[0] === 1)
    .map(({ labels, values }) => ({ labels: labels.toRecord(), value: values[0] as number }));
  return { type: 'vector', samples };
}

/** The series with the steps at which they are there, ordered by their labels. */
export function toMatrix(columns: readonly Column[], scope: Scope): ResultValue {
  const series = inOrder(columns).flatMap(({ labels, values, present }) => {
    const count = present.reduce((sum, one) => sum + one, 0);
    if (count === 0) return [];
    const made = { labels: labels.toRecord(), times: new Float64Array(count), values: new Float64Array(count) };
    let at = 0;
    for (let step = 0; step < present.length; step++) {
      if (present[step] === 0) continue;
      made.times[at] = scope.timeAt(step);
      made.values[at++] = values[step] as number;
    }
    return [made];
  });
  return { type: 'matrix', series };
}

/** The samples in the window that ends at the only step. */
export function toRawMatrix(input: RangeInput, scope: Scope): ResultValue {
  const endMs = (input.atMs ?? scope.startMs) - input.offsetMs;
  const startMs = endMs - input.rangeMs;
  const series = inOrder(input.series).flatMap((one) => {
    const cut = input.extension ? extended(one, input, startMs, endMs, scope) : within(one, startMs, endMs, scope);
    return cut.times.length > 0 ? [{ labels: one.labels.toRecord(), ...cut }] : [];
  });
  return { type: 'matrix', series };
}

type Samples = Pick<RangeSeries, 'times' | 'values'>;

function within({ times, values }: RangeSeries, startMs: number, endMs: number, { run }: Scope): Samples {
  const first = times.findIndex((time) => (run.isLeftClosed ? time >= startMs : time > startMs));
  const after = times.findIndex((time) => time > endMs);
  const [from, to] = [first < 0 ? times.length : first, after < 0 ? times.length : after];
  return { times: times.subarray(from, to), values: values.subarray(from, to) };
}

/** The samples in the window and, at its ends, what the extension says of them. */
function extended(series: RangeSeries, input: RangeInput, startMs: number, endMs: number, scope: Scope): Samples {
  const { lookbackMs } = scope.run.options;
  const around = within(series, startMs - lookbackMs, endMs + (input.extension === 'smoothed' ? lookbackMs : 0), scope);
  const window = new Window(around.times, around.values, input.rangeMs, '3.x', input.extension);
  Object.assign(window, { startMs, endMs, to: around.times.length });
  const ends = window.count > 0 ? endsOf(window) : undefined;
  if (!ends) return { times: new Float64Array(), values: new Float64Array() };
  const [left, right] = [leftOf(window, ends.first, false), rightOf(window, ends.last, false)];
  const from = window.time(ends.first) <= startMs ? ends.first + 1 : ends.first;
  const to = window.time(ends.last) >= endMs ? ends.last : ends.last + 1;
  return {
    times: Float64Array.of(startMs, ...around.times.subarray(from, to), endMs),
    values: Float64Array.of(left, ...around.values.subarray(from, to), right),
  };
}

function inOrder<T extends { readonly labels: LabelSet }>(all: readonly T[]): T[] {
  return [...all].sort((a, b) => compareLabels(a.labels, b.labels));
}
