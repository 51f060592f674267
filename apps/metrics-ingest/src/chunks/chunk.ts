import type { SampleSlice } from '../series/sample-buffer.js';
import { decodeChunk, encodeChunk, type EncodedChunk } from './chunk-codec.js';
import { partitionAt } from './tiers.js';

/** A chunk as it is stored. */
export interface Chunk extends EncodedChunk {
  tier: number;
  workspaceId: string;
  seriesId: number;
  /** Times of the first and the last sample, Unix milliseconds. */
  t0: number;
  t1: number;
  n: number;
}

/** A chunk of that many samples is full. */
export const FULL_SAMPLES = 480;

/** The samples of one series, oldest first, as full chunks and one more; none reaches into another partition. */
export function chunksOf(tier: number, workspaceId: string, seriesId: number, slice: SampleSlice): Chunk[] {
  const chunks: Chunk[] = [];
  for (let from = 0; from < slice.times.length;) {
    const to = endOfChunk(slice.times, from);
    const part = { times: slice.times.subarray(from, to), values: slice.values.subarray(from, to) };
    const [t0, t1] = [part.times[0] ?? 0, part.times.at(-1) ?? 0];
    chunks.push({ tier, workspaceId, seriesId, t0, t1, n: to - from, ...encodeChunk(part) });
    from = to;
  }
  return chunks;
}

export function samplesOf(chunk: Pick<Chunk, 't0' | 'n' | 'encoding' | 'data'>): SampleSlice {
  const slice = { times: new Float64Array(chunk.n), values: new Float64Array(chunk.n) };
  decodeChunk(chunk, chunk.t0, slice);
  return slice;
}

function endOfChunk(times: Float64Array, from: number): number {
  const { toMs } = partitionAt(times[from] ?? 0);
  let to = Math.min(times.length, from + FULL_SAMPLES);
  while ((times[to - 1] ?? 0) >= toMs) to--;
  return to;
}
