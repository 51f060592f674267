import { expect, it } from '@jest/globals';
import { isStale, markStale } from './stale-marker.js';

it('tells the end of a series from numbers and other NaNs, also in copies', () => {
  const values = Float64Array.of(1, NaN, 0, -0, Infinity);
  markStale(values, 2);
  const copy = new Float64Array(8);
  copy.set(values.subarray(1), 3);
  copy.copyWithin(0, 3, 8);
  expect([0, 1, 2, 3, 4].map((i) => isStale(values, i))).toEqual([false, false, true, false, false]);
  expect([0, 1, 2].map((i) => isStale(copy, i))).toEqual([false, true, false]);
});
