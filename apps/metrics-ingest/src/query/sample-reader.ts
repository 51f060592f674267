import { Injectable } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { currentCall } from '@scm/messaging';
import { SeriesAssembly } from '../chunks/series-assembly.js';
import { StoredSamplesRepository } from '../chunks/stored-samples.repository.js';
import { LogTail } from '../log/log-tail.js';
import { Head, type HeadSeries } from '../series/head.js';
import type { Labels } from '../series/labels.js';
import { mergeSlices } from '../series/merge-slices.js';
import type { SampleSlice } from '../series/sample-buffer.js';
import { SeriesRepository, type SeriesRow } from '../series/series.repository.js';
import { matchesAll } from './matcher.js';
import type { Selector } from './selector.js';

/** A series with the samples that were read for a query. */
export interface ReadSeries extends SampleSlice {
  labels: Labels;
}

const NO_SAMPLES: SampleSlice = { times: new Float64Array(), values: new Float64Array() };

/** Finds the samples of the selected series: the newest in the head, older ones in chunks and in the log. */
@Injectable()
export class SampleReader {
  constructor(
    private readonly tail: LogTail,
    private readonly head: Head,
    private readonly stored: StoredSamplesRepository,
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
    const { startMs } = this.head;
    if (fromMs >= startMs) return this.readHead(workspaceId, selector, fromMs, toMs);
    // Copied first: the head may forget it while Postgres is asked for the rest.
    const recent = toMs < startMs ? [] : this.copyHead(workspaceId, selector, startMs - 1, toMs);
    const rows = await this.select(workspaceId, selector, fromMs, toMs);
    const older = await this.readStored(workspaceId, rows, fromMs, Math.min(toMs, startMs - 1));
    return joined(rows, older, recent);
  }

  /** The same from the head alone, as it stands. */
  private readHead(workspaceId: string, selector: Selector, fromMs: number, toMs: number): ReadSeries[] {
    return this.sliceHead(workspaceId, selector, fromMs, toMs).map(({ series, slice }) => ({
      labels: series.labels,
      ...slice,
    }));
  }

  private copyHead(workspaceId: string, selector: Selector, fromMs: number, toMs: number): RecentSeries[] {
    return this.sliceHead(workspaceId, selector, fromMs, toMs).map(({ series, slice: { times, values } }) => ({
      series,
      slice: { times: times.slice(), values: values.slice() },
    }));
  }

  private sliceHead(workspaceId: string, selector: Selector, fromMs: number, toMs: number): RecentSeries[] {
    const found: RecentSeries[] = [];
    for (const series of this.head.series(workspaceId, selector.name)) {
      if (!matchesAll(selector.matchers, series.labels)) continue;
      const slice = series.samples.between(fromMs, toMs);
      if (slice.times.length > 0) found.push({ series, slice });
    }
    return found;
  }

  private async select(workspaceId: string, selector: Selector, fromMs: number, toMs: number): Promise<SeriesRow[]> {
    const rows = await this.seriesRows.list(workspaceId, selector.name, fromMs, toMs);
    return rows.filter(({ labels }) => matchesAll(selector.matchers, labels));
  }

  private async readStored(
    workspaceId: string,
    rows: readonly SeriesRow[],
    fromMs: number,
    toMs: number,
  ): Promise<SeriesAssembly> {
    const ids = rows.map(({ id }) => id);
    const assembly = new SeriesAssembly(ids, fromMs, toMs, currentCall()?.signal);
    if (ids.length > 0) await this.stored.read(workspaceId, ids, fromMs, toMs, assembly);
    return assembly;
  }
}

interface RecentSeries {
  series: HeadSeries;
  slice: SampleSlice;
}

function joined(rows: readonly SeriesRow[], older: SeriesAssembly, recent: readonly RecentSeries[]): ReadSeries[] {
  const newer = new Map(recent.map(({ series, slice }) => [series.id, { labels: series.labels, slice }]));
  const found: ReadSeries[] = [];
  for (const { id, labels } of rows) {
    const slice = mergeSlices(older.samplesOf(id) ?? NO_SAMPLES, newer.get(id)?.slice ?? NO_SAMPLES);
    newer.delete(id);
    if (slice.times.length > 0) found.push({ labels, ...slice });
  }
  // Of a series that the list does not have yet there is nothing older.
  for (const { labels, slice } of newer.values()) found.push({ labels, ...slice });
  return found;
}
