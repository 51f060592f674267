import { expect, it } from '@jest/globals';
import { blockOf, decodeBlock, encodeBlock } from './sample-block.js';

it('comes back from its bytes as it was', () => {
  const t = 1_800_000_000_000;
  const samples = [
    { id: 1, time: t, value: 0.1 },
    { id: 2_147_483_647, time: t - 86_400_000, value: -0 },
    { id: 3, time: t + 600_000, value: Number.MAX_VALUE },
  ];
  const block = blockOf(samples);
  const read = decodeBlock(encodeBlock(block), block.t0, samples.length);
  expect(read).toEqual(block);
  expect([...read.ids].map((id, i) => ({ id, time: read.t0 + (read.offsets[i] ?? 0), value: read.values[i] }))).toEqual(
    samples,
  );
});

it('is refused when its size is not what its row says', () => {
  const block = blockOf([{ id: 1, time: 5, value: 1 }]);
  expect(() => decodeBlock(encodeBlock(block), 5, 2)).toThrow('16 bytes');
});
