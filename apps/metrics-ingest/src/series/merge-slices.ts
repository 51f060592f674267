import { copyValue } from './copy-value.js';
import type { SampleSlice } from './sample-buffer.js';

/** The samples of both, in order; for a time that both have, the value of the later ones. */
export function mergeSlices(earlier: SampleSlice, later: SampleSlice): SampleSlice {
  if (earlier.times.length === 0) return later;
  if (later.times.length === 0) return earlier;
  if ((earlier.times.at(-1) ?? 0) < (later.times[0] ?? 0)) return concatSlices([earlier, later]);
  const n = earlier.times.length + later.times.length;
  const [times, values] = [new Float64Array(n), new Float64Array(n)];
  let [a, b, at] = [0, 0, 0];
  for (; a < earlier.times.length || b < later.times.length; at++) {
    const [left, right] = [earlier.times[a] ?? Infinity, later.times[b] ?? Infinity];
    times[at] = Math.min(left, right);
    if (left < right) copyValue(earlier.values, a, values, at);
    else copyValue(later.values, b, values, at);
    if (left <= right) a++;
    if (right <= left) b++;
  }
  return { times: times.subarray(0, at), values: values.subarray(0, at) };
}

/** One after the other, as they are. */
export function concatSlices(slices: readonly SampleSlice[]): SampleSlice {
  const [only] = slices;
  if (only && slices.length === 1) return only;
  const n = slices.reduce((sum, slice) => sum + slice.times.length, 0);
  const [times, values] = [new Float64Array(n), new Float64Array(n)];
  let at = 0;
  for (const slice of slices) {
    times.set(slice.times, at);
    values.set(slice.values, at);
    at += slice.times.length;
  }
  return { times, values };
}
