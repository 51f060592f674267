import { expect, it } from '@jest/globals';
import { isStale, markStale } from '@scm/promql';
import { concatSlices, mergeSlices } from './merge-slices.js';

const slice = (...samples: [number, number][]) => ({
  times: Float64Array.from(samples, ([time]) => time),
  values: Float64Array.from(samples, ([, value]) => value),
});

it('puts samples in order and lets the later value win', () => {
  const earlier = slice([1, 10], [3, 30], [5, 50], [9, 90]);
  expect(mergeSlices(earlier, slice([3, -30], [4, -40], [9, -90]))).toEqual(
    slice([1, 10], [3, -30], [4, -40], [5, 50], [9, -90]),
  );
  expect(mergeSlices(slice([7, 1]), earlier)).toEqual(slice([1, 10], [3, 30], [5, 50], [7, 1], [9, 90]));
  expect(mergeSlices(earlier, slice([10, 1]))).toEqual(concatSlices([earlier, slice([10, 1])]));
  expect(mergeSlices(slice(), earlier)).toBe(earlier);
  expect(mergeSlices(earlier, slice())).toBe(earlier);
});

it('keeps the end of a series', () => {
  const ended = slice([2, 0]);
  markStale(ended.values, 0);
  const { values } = mergeSlices(ended, slice([1, NaN], [3, 3]));
  expect([0, 1, 2].map((i) => isStale(values, i))).toEqual([false, true, false]);
});
