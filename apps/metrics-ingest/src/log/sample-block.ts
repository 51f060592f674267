import { compressSync, uncompressSync } from 'snappy';

/** Samples side by side: sample `i` is `values[i]` of series `ids[i]` at `t0 + offsets[i]`. */
export interface SampleBlock {
  t0: number;
  t1: number;
  /** The three stand behind each other in one buffer, and are stored as they stand. */
  ids: Int32Array;
  offsets: Int32Array;
  values: Float64Array;
}

const BYTES_PER_SAMPLE = 16;

/**
 * A block of `n` samples that are still to be written to it. Times of one block lie less than 2^31 ms (24 days) apart: the
 * accepted window is far smaller.
 */
export function newBlock(t0: number, t1: number, n: number): SampleBlock {
  return viewsOf(new ArrayBuffer(n * BYTES_PER_SAMPLE), t0, t1, n);
}

/** All ids, then all offsets, then all values, little endian, compressed by snappy. */
export function encodeBlock({ ids }: SampleBlock): Buffer {
  return compressSync(Buffer.from(ids.buffer, 0, ids.length * BYTES_PER_SAMPLE));
}

export function decodeBlock(data: Uint8Array, t0: number, t1: number, n: number): SampleBlock {
  // An own copy, since typed arrays need aligned bytes.
  const raw = new Uint8Array(uncompressSync(data) as Buffer).buffer;
  if (raw.byteLength !== n * BYTES_PER_SAMPLE)
    throw new RangeError(`a block of ${n} samples has ${raw.byteLength} bytes`);
  return viewsOf(raw, t0, t1, n);
}

function viewsOf(buffer: ArrayBuffer, t0: number, t1: number, n: number): SampleBlock {
  const [ids, offsets] = [new Int32Array(buffer, 0, n), new Int32Array(buffer, n * 4, n)];
  return { t0, t1, ids, offsets, values: new Float64Array(buffer, n * 8, n) };
}
