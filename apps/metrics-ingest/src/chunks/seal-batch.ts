import { setImmediate } from 'node:timers/promises';
import type { SampleBlock } from '../log/sample-block.js';
import { mergeSlices } from '../series/merge-slices.js';
import { SampleBuffer, type SampleSlice } from '../series/sample-buffer.js';
import { chunksOf, samplesOf, type Chunk } from './chunk.js';
import type { Extent } from './chunk.repository.js';
import { RAW_TIER } from './tiers.js';

interface FreshSeries {
  workspaceId: string;
  samples: SampleBuffer;
}

const MAX_BLOCKING_MS = 10;

/** The samples that leave the log together, series by series. */
export class SealBatch {
  private readonly series = new Map<number, FreshSeries>();

  /** Takes the next row in the order of the commits: its value for a time is the later one. */
  add(workspaceId: string, { ids, offsets, values, t0 }: SampleBlock): void {
    let [id, samples] = [-1, new SampleBuffer()];
    for (let i = 0; i < ids.length; i++) {
      if (ids[i] !== id) samples = this.samplesOf((id = ids[i] ?? 0), workspaceId);
      samples.add(t0 + (offsets[i] ?? 0), values, i);
    }
  }

  extents(): Extent[] {
    return [...this.series].map(([seriesId, { samples }]) => {
      const { times } = all(samples);
      return { seriesId, firstMs: times[0] ?? 0, lastMs: times.at(-1) ?? 0 };
    });
  }

  /** The chunks that hold these samples and those of `touched`. Calls are answered meanwhile. */
  async toChunks(touched: readonly Chunk[]): Promise<Chunk[]> {
    const before = Map.groupBy(touched, ({ seriesId }) => seriesId);
    const made: Chunk[] = [];
    let since = performance.now();
    for (const [id, { workspaceId, samples }] of this.series) {
      const stored = (before.get(id) ?? []).sort((a, b) => a.t0 - b.t0).map(samplesOf);
      const whole = [...stored, all(samples)].reduce(mergeSlices);
      made.push(...chunksOf(RAW_TIER, workspaceId, id, whole));
      if (performance.now() - since < MAX_BLOCKING_MS) continue;
      await setImmediate();
      since = performance.now();
    }
    return made;
  }

  private samplesOf(id: number, workspaceId: string): SampleBuffer {
    const known = this.series.get(id);
    if (known) return known.samples;
    const samples = new SampleBuffer();
    this.series.set(id, { workspaceId, samples });
    return samples;
  }
}

function all(samples: SampleBuffer): SampleSlice {
  return samples.between(-Infinity, Infinity);
}
