import type { Labels } from '../series/labels.js';
import type { SampleSlice } from '../series/sample-buffer.js';

/** How long a sample counts as the present value. */
export const LOOKBACK_MS = 300_000;

/** A series with the samples that were read for a query. */
export interface ReadSeries extends SampleSlice {
  labels: Labels;
}

/** `[Unix seconds, value]` as Prometheus writes it. */
export type Point = [time: number, value: string];

/** The newest value at `timeMs`, no older than the lookback. */
export function valueAt({ times, values }: SampleSlice, timeMs: number): number | undefined {
  const at = lastIndexUpTo(times, timeMs);
  const time = times[at];
  return time === undefined || time <= timeMs - LOOKBACK_MS ? undefined : values[at];
}

/** The value at each step from `startMs` to `endMs`; steps without a value are left out. */
export function valuesAtSteps(series: SampleSlice, startMs: number, endMs: number, stepMs: number): Point[] {
  const { times, values } = series;
  const points: Point[] = [];
  let next = 0;
  for (let t = startMs; t <= endMs; t += stepMs) {
    while (next < times.length && (times[next] ?? Infinity) <= t) next++;
    const time = times[next - 1];
    if (time !== undefined && time > t - LOOKBACK_MS) points.push(point(t, values[next - 1] ?? NaN));
  }
  return points;
}

export function allPoints({ times, values }: SampleSlice): Point[] {
  return Array.from(times, (time, i) => point(time, values[i] ?? NaN));
}

export function point(timeMs: number, value: number): Point {
  return [timeMs / 1_000, Object.is(value, -0) ? '-0' : String(value)];
}

function lastIndexUpTo(times: Float64Array, timeMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
