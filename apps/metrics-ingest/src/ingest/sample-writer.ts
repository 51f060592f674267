import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { ServiceError } from '@scm/contracts';
import { MetricsConfig } from '../config.js';
import { LogTail } from '../log/log-tail.js';
import { blockOf, type SampleBlock, type StoredSample } from '../log/sample-block.js';
import { SampleLogRepository } from '../log/sample-log.repository.js';
import { Head } from '../series/head.js';
import { SeriesRepository } from '../series/series.repository.js';
import type { AcceptedSeries } from './series-input.js';

/** The samples of one request. */
interface Write {
  workspaceId: string;
  series: readonly AcceptedSeries[];
}

interface Waiting extends Write {
  resolve: (refused: AcceptedSeries[]) => void;
  reject: (error: unknown) => void;
}

/** Ids by key of the series of one workspace. */
type SeriesIds = Map<string, number>;

const MAX_BATCH_SAMPLES = 100_000;
/** More samples than these do not wait here for a Postgres that does not answer: their sender keeps them. */
const MAX_WAITING_SAMPLES = 1_000_000;

/**
 * Stores what arrived while the former commit was under way as one commit: no timer, so an idle service adds no delay, and
 * the batch grows with the load.
 */
@Injectable()
export class SampleWriter {
  private readonly waiting: Waiting[] = [];
  private waitingSamples = 0;
  private writing = false;

  constructor(
    private readonly config: MetricsConfig,
    private readonly log: SampleLogRepository,
    private readonly seriesRows: SeriesRepository,
    private readonly head: Head,
    private readonly tail: LogTail,
  ) {}

  /**
   * Resolves after the commit, with the series that were refused because the workspace has too many. Throws
   * RESOURCE_EXHAUSTED when too much waits.
   */
  async write(workspaceId: string, series: readonly AcceptedSeries[]): Promise<AcceptedSeries[]> {
    const samples = samplesOf(series);
    if (this.waitingSamples > 0 && this.waitingSamples + samples > MAX_WAITING_SAMPLES) {
      const options = { retryAfterMs: 1_000 };
      throw new ServiceError('RESOURCE_EXHAUSTED', 'too many samples wait to be stored', undefined, options);
    }
    this.waitingSamples += samples;
    return new Promise((resolve, reject) => {
      this.waiting.push({ workspaceId, series, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    if (this.writing || this.waiting.length === 0) return;
    this.writing = true;
    void this.flush(this.takeBatch()).finally(() => {
      this.writing = false;
      this.next();
    });
  }

  private takeBatch(): Waiting[] {
    let samples = 0;
    const size = this.waiting.findIndex(({ series }) => {
      samples += samplesOf(series);
      return samples > MAX_BATCH_SAMPLES;
    });
    const batch = this.waiting.splice(0, size === -1 ? this.waiting.length : Math.max(1, size));
    this.waitingSamples -= batch.reduce((sum, { series }) => sum + samplesOf(series), 0);
    return batch;
  }

  private async flush(batch: Waiting[]): Promise<void> {
    try {
      const ids = await this.store(batch);
      for (const { workspaceId, series, resolve } of batch) {
        const known = ids.get(workspaceId);
        resolve(series.filter(({ key }) => !known?.has(key)));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  private async store(batch: readonly Write[]): Promise<Map<string, SeriesIds>> {
    const ids = this.knownIds(batch);
    const unknown = batch.some(({ workspaceId, series }) => series.some(({ key }) => !ids.get(workspaceId)?.has(key)));
    const { blocks, rows } = unknown ? await this.storeWithNewSeries(batch, ids) : await this.append(batch, ids);
    for (const [workspaceId, id] of rows) {
      const block = blocks.get(workspaceId);
      if (block) this.tail.hold(id, block);
    }
    // The next query reads on anyway; doing it now keeps rules and frames fresh.
    void this.tail.catchUp().catch(() => undefined);
    return ids;
  }

  private knownIds(batch: readonly Write[]): Map<string, SeriesIds> {
    const ids = new Map<string, SeriesIds>();
    for (const { workspaceId, series } of batch) {
      const known = ids.get(workspaceId) ?? new Map<string, number>();
      ids.set(workspaceId, known);
      for (const { key } of series) {
        const id = this.head.find(workspaceId, key)?.id;
        if (id !== undefined) known.set(key, id);
      }
    }
    return ids;
  }

  /** New series and their first samples commit together. Workspaces come in order, so that two replicas cannot deadlock. */
  private async storeWithNewSeries(
    batch: readonly Write[],
    ids: Map<string, SeriesIds>,
  ): ReturnType<SampleWriter['append']> {
    const appended = await this.log.transaction(async (client) => {
      for (const workspaceId of [...ids.keys()].sort()) {
        await this.admit(client, workspaceId, batch, ids.get(workspaceId) ?? new Map());
      }
      return this.append(batch, ids, client);
    });
    this.register(batch, ids);
    return appended;
  }

  private async admit(
    client: PoolClient,
    workspaceId: string,
    batch: readonly Write[],
    known: SeriesIds,
  ): Promise<void> {
    const wanted = new Map<string, AcceptedSeries>();
    for (const write of batch) {
      if (write.workspaceId !== workspaceId) continue;
      for (const series of write.series) if (!known.has(series.key)) wanted.set(series.key, series);
    }
    if (wanted.size === 0) return;
    const fresh = [...wanted.values()].map(({ key, labels, times }) => ({ key, labels, firstMs: Math.min(...times) }));
    const admitted = await this.seriesRows.admit(client, workspaceId, fresh, this.config.maxSeries);
    for (const [key, id] of admitted) known.set(key, id);
  }

  private async append(
    batch: readonly Write[],
    ids: Map<string, SeriesIds>,
    client?: PoolClient,
  ): Promise<{ blocks: Map<string, SampleBlock>; rows: Map<string, number> }> {
    const samples = new Map<string, StoredSample[]>();
    for (const { workspaceId, series } of batch) {
      const list = samples.get(workspaceId) ?? [];
      for (const { key, times, values } of series) {
        const id = ids.get(workspaceId)?.get(key);
        if (id !== undefined) times.forEach((time, i) => list.push({ id, time, value: values[i] ?? 0 }));
      }
      if (list.length > 0) samples.set(workspaceId, list);
    }
    const blocks = new Map([...samples].map(([workspaceId, list]) => [workspaceId, blockOf(list)]));
    return { blocks, rows: await this.log.append(blocks, client) };
  }

  private register(batch: readonly Write[], ids: Map<string, SeriesIds>): void {
    for (const { workspaceId, series } of batch) {
      for (const { key, labels } of series) {
        const id = ids.get(workspaceId)?.get(key);
        if (id !== undefined) this.head.register(workspaceId, id, labels);
      }
    }
  }
}

function samplesOf(series: readonly AcceptedSeries[]): number {
  return series.reduce((sum, { times }) => sum + times.length, 0);
}
