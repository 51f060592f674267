import { expect, it } from '@jest/globals';
import { isStale, markStale } from '@scm/promql';
import { blockOf } from '../testing/block.js';
import { decodeBlock, encodeBlock } from './sample-block.js';

it('comes back from its bytes as it was, with the bits of every value', () => {
  const t = 1_800_000_000_000;
  const block = blockOf(
    [1, t, 0.1],
    [2_147_483_647, t - 86_400_000, -0],
    [3, t + 600_000, Number.MAX_VALUE],
    [4, t, NaN],
    [5, t, -Infinity],
  );
  markStale(block.values, 0);
  const read = decodeBlock(encodeBlock(block), block.t0, block.t1, 5);
  expect(read).toEqual(block);
  expect([0, 1, 2, 3, 4].map((i) => isStale(read.values, i))).toEqual([true, false, false, false, false]);
});

it('is refused when its size is not what its row says', () => {
  const block = blockOf([1, 5, 1]);
  expect(() => decodeBlock(encodeBlock(block), 5, 5, 2)).toThrow('16 bytes');
});
