import { SampleBuffer } from '../series/sample-buffer.js';
import { newBlock, type SampleBlock } from './sample-block.js';

/** A row of the log without its samples. */
export interface RowOutline {
  id: number;
  t0: number;
  t1: number;
  n: number;
}

const MAX_SPAN_MS = 15 * 60_000;
const MAX_SAMPLES = 200_000;
/** A row of that many samples stays as it is, so that no sample is copied again and again. */
export const LARGE_SAMPLES = 20_000;

/**
 * Which rows may become one: neighbours in the order of the commits, all older than `beforeMs`, together neither too long
 * nor too large. Only neighbours, so that of two values for one time the later one stays the later one.
 */
export function mergeRuns(rows: readonly RowOutline[], beforeMs: number): RowOutline[][] {
  const runs: RowOutline[][] = [];
  let run: RowOutline[] = [];
  let whole: Extent = EMPTY;
  for (const row of rows) {
    const grown = extend(run.length > 0 ? whole : EMPTY, row);
    const mergeable = row.t1 < beforeMs && row.n < LARGE_SAMPLES;
    if (mergeable && fits(grown)) {
      run.push(row);
      whole = grown;
      continue;
    }
    runs.push(run);
    run = mergeable ? [row] : [];
    whole = extend(EMPTY, row);
  }
  return [...runs, run].filter(({ length }) => length > 1);
}

/** One block of the samples of several, the later block's value where two have one time; series by series. */
export function mergeBlocks(blocks: readonly SampleBlock[]): SampleBlock {
  const buffers = new Map<number, SampleBuffer>();
  for (const { ids, offsets, values, t0 } of blocks) {
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] ?? 0;
      const buffer = buffers.get(id) ?? new SampleBuffer();
      buffers.set(id, buffer);
      buffer.add(t0 + (offsets[i] ?? 0), values, i);
    }
  }
  const n = [...buffers.values()].reduce((sum, { length }) => sum + length, 0);
  const [t0, t1] = [Math.min(...blocks.map((b) => b.t0)), Math.max(...blocks.map((b) => b.t1))];
  const merged = newBlock(t0, t1, n);
  let at = 0;
  for (const [id, buffer] of [...buffers].sort(([a], [b]) => a - b)) {
    const { times, values } = buffer.between(-Infinity, Infinity);
    merged.ids.fill(id, at, at + times.length);
    merged.offsets.set(
      times.map((time) => time - t0),
      at,
    );
    merged.values.set(values, at);
    at += times.length;
  }
  return merged;
}

type Extent = Omit<RowOutline, 'id'>;

const EMPTY: Extent = { t0: Infinity, t1: -Infinity, n: 0 };

function extend(whole: Extent, row: RowOutline): Extent {
  return { t0: Math.min(whole.t0, row.t0), t1: Math.max(whole.t1, row.t1), n: whole.n + row.n };
}

function fits({ t0, t1, n }: Extent): boolean {
  return t1 - t0 <= MAX_SPAN_MS && n <= MAX_SAMPLES;
}
