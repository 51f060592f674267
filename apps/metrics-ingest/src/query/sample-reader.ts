import { Injectable } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { currentCall } from '@scm/messaging';
import { LogTail } from '../log/log-tail.js';
import type { SampleBlock } from '../log/sample-block.js';
import { SampleLogRepository } from '../log/sample-log.repository.js';
import { Head, type HeadSeries } from '../series/head.js';
import type { Labels } from '../series/labels.js';
import { SampleBuffer, type SampleSlice } from '../series/sample-buffer.js';
import { SeriesRepository } from '../series/series.repository.js';
import { matchesAll } from './matcher.js';
import type { Selector } from './selector.js';

/** A series with the samples that were read for a query. */
export interface ReadSeries extends SampleSlice {
  labels: Labels;
}

const PAGE_ROWS = 200;
const MAX_ATTEMPTS = 3;
const MAX_SAMPLES = 5_000_000;

/** Finds the samples of the selected series: in the head, or, for older ones, in the log. */
@Injectable()
export class SampleReader {
  constructor(
    private readonly tail: LogTail,
    private readonly head: Head,
    private readonly log: SampleLogRepository,
    private readonly seriesRows: SeriesRepository,
  ) {}

  /** Resolves when every sample committed before the call can be read. */
  async catchUp(): Promise<void> {
    await this.tail.catchUp().catch((cause: unknown) => {
      const options = { cause, retryAfterMs: 1_000 };
      throw new ServiceError('UNAVAILABLE', 'the samples cannot be read now', undefined, options);
    });
  }

  /** Samples after `fromMs` up to and with `toMs`; the views hold until the caller awaits something. */
  async read(workspaceId: string, selector: Selector, fromMs: number, toMs: number): Promise<ReadSeries[]> {
    return fromMs >= this.head.startMs
      ? this.readHead(workspaceId, selector, fromMs, toMs)
      : this.readLog(workspaceId, selector, fromMs, toMs);
  }

  /** The same from the head alone, as it stands. */
  private readHead(workspaceId: string, selector: Selector, fromMs: number, toMs: number): ReadSeries[] {
    const found: ReadSeries[] = [];
    for (const series of this.head.series(workspaceId, selector.name)) {
      if (!matchesAll(selector.matchers, series.labels)) continue;
      const slice = series.samples.between(fromMs, toMs);
      if (slice.times.length > 0) found.push({ labels: series.labels, ...slice });
    }
    return found;
  }

  private async readLog(workspaceId: string, selector: Selector, fromMs: number, toMs: number): Promise<ReadSeries[]> {
    const rows = await this.seriesRows.list(workspaceId, selector.name, fromMs, toMs);
    const wanted = rows.filter(({ labels }) => matchesAll(selector.matchers, labels));
    const buffers = new Map(wanted.map(({ id }) => [id, new SampleBuffer()]));
    if (buffers.size > 0) await this.fill(buffers, workspaceId, fromMs, toMs);
    return wanted.flatMap(({ id, labels }) => {
      const slice = buffers.get(id)?.between(fromMs, toMs);
      return slice && slice.times.length > 0 ? [{ labels, ...slice }] : [];
    });
  }

  private async fill(
    buffers: Map<number, SampleBuffer>,
    workspaceId: string,
    fromMs: number,
    toMs: number,
  ): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (await this.fillOnce(buffers, workspaceId, fromMs, toMs)) return;
    }
  }

  /** @returns false when rows were merged or forgotten meanwhile, so that some samples may have been missed. */
  private async fillOnce(
    buffers: Map<number, SampleBuffer>,
    workspaceId: string,
    fromMs: number,
    toMs: number,
  ): Promise<boolean> {
    const ids = await this.log.idsBetween(workspaceId, fromMs, toMs);
    let [samples, found] = [0, 0];
    for (let at = 0; at < ids.length; at += PAGE_ROWS) {
      currentCall()?.signal.throwIfAborted();
      const rows = await this.log.readByIds(workspaceId, ids.slice(at, at + PAGE_ROWS));
      for (const { block } of rows) if (block) samples += addWanted(buffers, block, fromMs, toMs);
      found += rows.length;
      if (samples > MAX_SAMPLES) {
        throw new ServiceError('RESOURCE_EXHAUSTED', `the query reads more than ${MAX_SAMPLES} samples: ask for less`);
      }
    }
    return found === ids.length;
  }
}

function addWanted(
  buffers: Map<HeadSeries['id'], SampleBuffer>,
  { ids, offsets, values, t0 }: SampleBlock,
  fromMs: number,
  toMs: number,
): number {
  let [added, id] = [0, -1];
  let buffer: SampleBuffer | undefined;
  for (let i = 0; i < ids.length; i++) {
    // Merged blocks go series by series, so the buffer seldom changes.
    if (ids[i] !== id) buffer = buffers.get((id = ids[i] ?? -1));
    if (!buffer) continue;
    const time = t0 + (offsets[i] ?? 0);
    if (time <= fromMs || time > toMs) continue;
    buffer.add(time, values, i);
    added++;
  }
  return added;
}
