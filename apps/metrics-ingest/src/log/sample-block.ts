import { compressSync, uncompressSync } from 'snappy';

/** Samples side by side: sample `i` is `values[i]` of series `ids[i]` at `t0 + offsets[i]`. */
export interface SampleBlock {
  t0: number;
  t1: number;
  ids: Int32Array;
  offsets: Int32Array;
  values: Float64Array;
}

export interface StoredSample {
  id: number;
  time: number;
  value: number;
}

const BYTES_PER_SAMPLE = 16;

/** Times of one block lie less than 2^31 ms (24 days) apart: the accepted window is far smaller. */
export function blockOf(samples: readonly StoredSample[]): SampleBlock {
  let [t0, t1] = [Infinity, -Infinity];
  for (const { time } of samples) {
    if (time < t0) t0 = time;
    if (time > t1) t1 = time;
  }
  return {
    t0,
    t1,
    ids: Int32Array.from(samples, ({ id }) => id),
    offsets: Int32Array.from(samples, ({ time }) => time - t0),
    values: Float64Array.from(samples, ({ value }) => value),
  };
}

/** All ids, then all offsets, then all values, little endian, compressed by snappy. */
export function encodeBlock({ ids, offsets, values }: SampleBlock): Buffer {
  const raw = Buffer.concat([ids, offsets, values].map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)));
  return compressSync(raw);
}

export function decodeBlock(data: Uint8Array, t0: number, n: number): SampleBlock {
  // An own copy, since typed arrays need aligned bytes.
  const raw = new Uint8Array(uncompressSync(data) as Buffer).buffer;
  if (raw.byteLength !== n * BYTES_PER_SAMPLE)
    throw new RangeError(`a block of ${n} samples has ${raw.byteLength} bytes`);
  const ids = new Int32Array(raw, 0, n);
  const offsets = new Int32Array(raw, n * 4, n);
  const values = new Float64Array(raw, n * 8, n);
  return { t0, t1: t0 + offsets.reduce((a, b) => Math.max(a, b), 0), ids, offsets, values };
}
