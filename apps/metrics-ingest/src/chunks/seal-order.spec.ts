import { expect, it } from '@jest/globals';
import { sealableRows } from './seal-order.js';

const row = (id: number, t0: number, t1: number, workspaceId = 'w') => ({ id, workspaceId, t0, t1, n: 10 });
const idsOf = (rows: ReturnType<typeof row>[], maxSamples = 1_000) =>
  sealableRows(rows, 100, maxSamples).map(({ id }) => id);

it('takes what is old enough', () => {
  expect(idsOf([row(1, 1, 2), row(2, 98, 99), row(3, 99, 100), row(4, 1, 2, 'v')])).toEqual([1, 2, 4]);
});

it('lets nothing pass an earlier row that shares its times and stays', () => {
  // The second waits for the first, the third for the second, though it shares no time with the first.
  expect(idsOf([row(1, 50, 100), row(2, 20, 50), row(3, 10, 20), row(4, 1, 9), row(5, 10, 60, 'v')])).toEqual([4, 5]);
});

it('takes about as many samples as it is told', () => {
  expect(idsOf([row(1, 1, 2), row(2, 1, 2), row(3, 1, 2)], 15)).toEqual([1, 2]);
  expect(idsOf([row(1, 1, 2)], 1)).toEqual([1]);
});
