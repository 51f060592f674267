import { expect, it } from '@jest/globals';
import { isStale, markStale } from '@scm/promql';
import { blockOf } from '../testing/block.js';
import { blockOfWrites, PendingWrite } from './pending-write.js';
import type { AcceptedSeries } from './series-input.js';

const series = (key: string, times: number[], values: Float64Array | number[]): AcceptedSeries => ({
  index: 0,
  key,
  labels: { __name__: key },
  times,
  values,
});
const write = (...all: AcceptedSeries[]) =>
  new PendingWrite(
    'w',
    all,
    () => {},
    () => {},
  );

it('puts the known series of several requests side by side, value by value as they came', () => {
  const ended = Float64Array.of(NaN, 0);
  markStale(ended, 1);
  const writes = [
    write(series('a', [30, 10], [1, -0]), series('unknown', [1], [1])),
    write(series('b', [20, 25], ended)),
  ];
  for (const one of writes) one.identify(({ key }) => ({ a: 1, b: 2 })[key]);
  const block = blockOfWrites(writes);
  expect(block).toEqual(blockOf([1, 30, 1], [1, 10, -0], [2, 20, NaN], [2, 25, NaN]));
  expect([0, 1, 2, 3].map((i) => block && isStale(block.values, i))).toEqual([false, false, false, true]);
  expect(writes.map((one) => one.unidentified().map(({ key }) => key))).toEqual([['unknown'], []]);
});

it('makes no block of nothing', () => {
  expect(blockOfWrites([write(series('unknown', [1], [1])), write()])).toBeUndefined();
});
