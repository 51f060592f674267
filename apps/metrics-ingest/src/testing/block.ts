import { newBlock, type SampleBlock } from '../log/sample-block.js';

/** A block of `[series id, time, value]`. */
export function blockOf(...samples: (readonly [id: number, time: number, value: number])[]): SampleBlock {
  const times = samples.map(([, time]) => time);
  const block = newBlock(Math.min(...times), Math.max(...times), samples.length);
  samples.forEach(([id, time, value], i) => {
    block.ids[i] = id;
    block.offsets[i] = time - block.t0;
    block.values[i] = value;
  });
  return block;
}
