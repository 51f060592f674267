import type { SampleSlice } from '../series/sample-buffer.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { readDecimals, writeDecimals } from './decimal-values.js';
import { readTimes, writeTimes } from './times.js';
import { readXors, writeXors } from './xor-values.js';

/** How the values of a chunk are written; the numbers are stored. */
export const DECIMALS = 1;
export const XORS = 2;

export interface EncodedChunk {
  encoding: number;
  data: Buffer;
}

/** Decimals that take so little are not worth the other try. */
const GOOD_BYTES = 2;

const [decimals, xors] = [new ByteWriter(), new ByteWriter()];

/** Samples of one series, oldest first, at least one, as few bytes; the first time and the number are kept beside them. */
export function encodeChunk({ times, values }: SampleSlice): EncodedChunk {
  decimals.clear();
  writeTimes(decimals, times);
  const timesSize = decimals.size;
  const isDecimal = writeDecimals(decimals, values);
  if (isDecimal && decimals.size - timesSize <= values.length * GOOD_BYTES) {
    return { encoding: DECIMALS, data: decimals.toBuffer() };
  }
  xors.clear();
  writeTimes(xors, times);
  writeXors(xors, values);
  return isDecimal && decimals.size <= xors.size
    ? { encoding: DECIMALS, data: decimals.toBuffer() }
    : { encoding: XORS, data: xors.toBuffer() };
}

/** Fills `into` with the samples of a chunk. Throws RangeError for bytes that are none. */
export function decodeChunk(
  { encoding, data }: { encoding: number; data: Uint8Array },
  t0: number,
  into: SampleSlice,
): void {
  const reader = new ByteReader(data);
  readTimes(reader, t0, into.times);
  if (encoding === DECIMALS) readDecimals(reader, into.values);
  else if (encoding === XORS) readXors(reader.rest(), into.values);
  else throw new RangeError(`a chunk has the unknown encoding ${encoding}`);
}
