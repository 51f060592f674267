import type { PoolClient } from 'pg';
import { newBlock, type SampleBlock } from '../log/sample-block.js';
import { copyValue } from '../series/copy-value.js';
import type { AcceptedSeries } from './series-input.js';

/** What is written in the transaction of the samples. */
export type Alongside = (client: PoolClient) => Promise<void>;

/** The samples of one request on their way to the log. */
export class PendingWrite {
  readonly samples: number;
  /** The id of each of its series; 0 while it is unknown, and of one that was refused. */
  readonly ids: Int32Array;

  constructor(
    readonly workspaceId: string,
    readonly series: readonly AcceptedSeries[],
    readonly resolve: (refused: AcceptedSeries[]) => void,
    readonly reject: (error: unknown) => void,
    readonly alongside?: Alongside,
  ) {
    this.samples = series.reduce((sum, { times }) => sum + times.length, 0);
    this.ids = new Int32Array(series.length);
  }

  /** Asks for the ids that are unknown still. */
  identify(idOf: (series: AcceptedSeries) => number | undefined): void {
    for (let i = 0; i < this.ids.length; i++) {
      const series = this.series[i];
      if (series && this.ids[i] === 0) this.ids[i] = idOf(series) ?? 0;
    }
  }

  unidentified(): AcceptedSeries[] {
    return this.ids.includes(0) ? this.series.filter((_, i) => this.ids[i] === 0) : [];
  }
}

/** One block of the identified series of several writes, if they have any. */
export function blockOfWrites(writes: readonly PendingWrite[]): SampleBlock | undefined {
  const { t0, t1, n } = extentOf(writes);
  if (n === 0) return undefined;
  const block = newBlock(t0, t1, n);
  let at = 0;
  for (const { ids, series } of writes) {
    for (let i = 0; i < ids.length; i++) {
      const [id, one] = [ids[i] ?? 0, series[i]];
      if (id !== 0 && one) at = fill(block, at, id, one);
    }
  }
  return block;
}

function extentOf(writes: readonly PendingWrite[]): { t0: number; t1: number; n: number } {
  const extent = { t0: Infinity, t1: -Infinity, n: 0 };
  for (const { ids, series } of writes) {
    for (let i = 0; i < ids.length; i++) {
      const times = series[i]?.times;
      if (ids[i] === 0 || !times) continue;
      extent.n += times.length;
      for (let k = 0; k < times.length; k++) {
        const time = times[k] ?? 0;
        if (time < extent.t0) extent.t0 = time;
        if (time > extent.t1) extent.t1 = time;
      }
    }
  }
  return extent;
}

/** @returns where the next series goes. */
function fill({ t0, ids, offsets, values }: SampleBlock, from: number, id: number, series: AcceptedSeries): number {
  let at = from;
  for (let i = 0; i < series.times.length; i++, at++) {
    ids[at] = id;
    offsets[at] = (series.times[i] ?? 0) - t0;
    copyValue(series.values, i, values, at);
  }
  return at;
}
