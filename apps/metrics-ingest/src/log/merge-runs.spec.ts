import { describe, expect, it } from '@jest/globals';
import { blockOf } from '../testing/block.js';
import { mergeBlocks, mergeRuns } from './merge-runs.js';

const MINUTE = 60_000;
const row = (id: number, minute: number, n = 10) => ({ id, t0: minute * MINUTE, t1: minute * MINUTE + 1_000, n });
const runsOf = (rows: ReturnType<typeof row>[], beforeMinute = 1_000) =>
  mergeRuns(rows, beforeMinute * MINUTE).map((run) => run.map(({ id }) => id));

describe('rows that may become one', () => {
  it('are neighbours within a quarter of an hour', () => {
    const rows = Array.from({ length: 40 }, (_, i) => row(i, i));
    const runs = runsOf(rows);
    expect(runs.flat()).toEqual(rows.map(({ id }) => id));
    expect(runs.map(({ length }) => length)).toEqual([15, 15, 10]);
  });

  it('are old, and nothing young stands between them', () => {
    expect(runsOf([row(1, 1), row(2, 2), row(3, 99), row(4, 3), row(5, 4)], 50)).toEqual([
      [1, 2],
      [4, 5],
    ]);
  });

  it('are small, not too many samples together, and more than one', () => {
    expect(runsOf([row(1, 1, 20_000), row(2, 1), row(3, 1), row(4, 500)])).toEqual([[2, 3]]);
    const many = Array.from({ length: 25 }, (_, i) => row(i, 1, 10_000));
    expect(runsOf(many).map(({ length }) => length)).toEqual([20, 5]);
    expect(runsOf([])).toEqual([]);
  });
});

it('keeps every sample once, and of two for one time the later', () => {
  const first = blockOf([2, 1_000, 1], [1, 2_000, 2]);
  const second = blockOf([2, 1_000, 3], [2, 500, 4]);
  expect(mergeBlocks([first, second])).toEqual(blockOf([1, 2_000, 2], [2, 500, 4], [2, 1_000, 3]));
});
