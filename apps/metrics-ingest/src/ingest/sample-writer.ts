import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { ServiceError } from '@scm/contracts';
import { MetricsConfig } from '../config.js';
import { LogTail } from '../log/log-tail.js';
import type { SampleBlock } from '../log/sample-block.js';
import { SampleLogRepository } from '../log/sample-log.repository.js';
import { Head } from '../series/head.js';
import { SeriesRepository } from '../series/series.repository.js';
import { blockOfWrites, PendingWrite, type Alongside } from './pending-write.js';
import type { AcceptedSeries } from './series-input.js';

type WritesByWorkspace = Map<string, PendingWrite[]>;

const MAX_BATCH_SAMPLES = 100_000;
/** More samples than these do not wait here for a Postgres that does not answer: their sender keeps them. */
const MAX_WAITING_SAMPLES = 1_000_000;

/**
 * Stores what arrived while the former commit was under way as one commit: no timer, so an idle service adds no delay, and
 * the batch grows with the load.
 */
@Injectable()
export class SampleWriter {
  private readonly waiting: PendingWrite[] = [];
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
   * @param alongside writes what has to commit with the samples; many requests share its transaction.
   */
  write(workspaceId: string, series: readonly AcceptedSeries[], alongside?: Alongside): Promise<AcceptedSeries[]> {
    return new Promise((resolve, reject) => {
      const write = new PendingWrite(workspaceId, series, resolve, reject, alongside);
      if (this.waitingSamples > 0 && this.waitingSamples + write.samples > MAX_WAITING_SAMPLES) {
        const options = { retryAfterMs: 1_000 };
        throw new ServiceError('RESOURCE_EXHAUSTED', 'too many samples wait to be stored', undefined, options);
      }
      this.waitingSamples += write.samples;
      this.waiting.push(write);
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

  private takeBatch(): PendingWrite[] {
    let samples = 0;
    const size = this.waiting.findIndex((write) => (samples += write.samples) > MAX_BATCH_SAMPLES);
    const batch = this.waiting.splice(0, size === -1 ? this.waiting.length : Math.max(1, size));
    for (const write of batch) this.waitingSamples -= write.samples;
    return batch;
  }

  private async flush(batch: readonly PendingWrite[]): Promise<void> {
    try {
      await this.store(Map.groupBy(batch, ({ workspaceId }) => workspaceId));
      for (const write of batch) write.resolve(write.unidentified());
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  private async store(writes: WritesByWorkspace): Promise<void> {
    for (const [workspaceId, own] of writes) {
      for (const write of own) write.identify(({ key }) => this.head.find(workspaceId, key)?.id);
    }
    const all = [...writes.values()].flat();
    const isPlain = all.every((write) => write.unidentified().length === 0 && !write.alongside);
    const { blocks, rows } = isPlain ? await this.append(writes) : await this.storeTogether(writes);
    for (const [workspaceId, id] of rows) {
      const block = blocks.get(workspaceId);
      if (block) this.tail.hold(id, block);
    }
    // The next query reads on anyway; doing it now keeps rules and frames fresh.
    void this.tail.catchUp().catch(() => undefined);
  }

  /** New series, their first samples and what else belongs to them commit together. Workspaces come in order, so that two replicas cannot deadlock. */
  private async storeTogether(writes: WritesByWorkspace): ReturnType<SampleWriter['append']> {
    const appended = await this.log.transaction(async (client) => {
      for (const workspaceId of [...writes.keys()].sort()) {
        await this.admit(client, workspaceId, writes.get(workspaceId) ?? []);
      }
      for (const { alongside } of [...writes.values()].flat()) await alongside?.(client);
      return this.append(writes, client);
    });
    for (const [workspaceId, own] of writes) {
      for (const { ids, series } of own) {
        series.forEach(({ labels }, i) => ids[i] && this.head.register(workspaceId, ids[i], labels));
      }
    }
    return appended;
  }

  private async admit(client: PoolClient, workspaceId: string, writes: readonly PendingWrite[]): Promise<void> {
    const wanted = new Map(writes.flatMap((write) => write.unidentified()).map((series) => [series.key, series]));
    if (wanted.size === 0) return;
    const fresh = [...wanted.values()].map(({ key, labels, times }) => ({ key, labels, firstMs: minOf(times) }));
    const ids = await this.seriesRows.admit(client, workspaceId, fresh, this.config.maxSeries);
    for (const write of writes) write.identify(({ key }) => ids.get(key));
  }

  private async append(
    writes: WritesByWorkspace,
    client?: PoolClient,
  ): Promise<{ blocks: Map<string, SampleBlock>; rows: Map<string, number> }> {
    const blocks = new Map<string, SampleBlock>();
    for (const [workspaceId, own] of writes) {
      const block = blockOfWrites(own);
      if (block) blocks.set(workspaceId, block);
    }
    return { blocks, rows: await this.log.append(blocks, client) };
  }
}

function minOf(times: ArrayLike<number>): number {
  let least = Infinity;
  for (let i = 0; i < times.length; i++) least = Math.min(least, times[i] ?? Infinity);
  return least;
}
