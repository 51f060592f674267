import { ServiceError } from '@scm/contracts';
import type { SampleBlock } from '../log/sample-block.js';
import { concatSlices, mergeSlices } from '../series/merge-slices.js';
import { SampleBuffer, type SampleSlice } from '../series/sample-buffer.js';
import { samplesOf } from './chunk.js';
import type { Take } from './stored-samples.repository.js';

interface Parts {
  chunks: { t0: number; slice: SampleSlice }[];
  logged: SampleBuffer;
}

const MAX_SAMPLES = 5_000_000;

/** Puts the samples of wanted series together from what is stored of them, after `fromMs` up to and with `toMs`. */
export class SeriesAssembly implements Take {
  private readonly parts: Map<number, Parts>;
  private samples = 0;

  constructor(
    seriesIds: readonly number[],
    private readonly fromMs: number,
    private readonly toMs: number,
    private readonly signal?: AbortSignal,
  ) {
    this.parts = new Map(seriesIds.map((id) => [id, { chunks: [], logged: new SampleBuffer() }]));
  }

  chunk(chunk: Parameters<Take['chunk']>[0]): void {
    this.count(chunk.n);
    this.parts.get(chunk.seriesId)?.chunks.push({ t0: chunk.t0, slice: this.cut(samplesOf(chunk)) });
  }

  block({ ids, offsets, values, t0 }: SampleBlock): void {
    let [id, added] = [-1, 0];
    let parts: Parts | undefined;
    for (let i = 0; i < ids.length; i++) {
      if (ids[i] !== id) parts = this.parts.get((id = ids[i] ?? -1));
      if (!parts) continue;
      const time = t0 + (offsets[i] ?? 0);
      if (time <= this.fromMs || time > this.toMs) continue;
      parts.logged.add(time, values, i);
      added++;
    }
    this.count(added);
  }

  /** What is in the log came after what is in chunks. */
  samplesOf(seriesId: number): SampleSlice | undefined {
    const parts = this.parts.get(seriesId);
    if (!parts) return undefined;
    const chunks = parts.chunks.sort((a, b) => a.t0 - b.t0).map(({ slice }) => slice);
    return mergeSlices(concatSlices(chunks), parts.logged.between(this.fromMs, this.toMs));
  }

  private cut({ times, values }: SampleSlice): SampleSlice {
    let [first, end] = [0, times.length];
    while (first < end && (times[first] ?? 0) <= this.fromMs) first++;
    while (end > first && (times[end - 1] ?? 0) > this.toMs) end--;
    return { times: times.subarray(first, end), values: values.subarray(first, end) };
  }

  private count(more: number): void {
    this.signal?.throwIfAborted();
    this.samples += more;
    if (this.samples <= MAX_SAMPLES) return;
    throw new ServiceError('RESOURCE_EXHAUSTED', `the query reads more than ${MAX_SAMPLES} samples: ask for less`);
  }
}
