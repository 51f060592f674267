import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { MetricsConfig } from '../config.js';
import { LeaseRepository } from '../lease/lease.repository.js';
import { Periodic } from '../lease/periodic.js';
import { SampleLogRepository } from '../log/sample-log.repository.js';
import { Head } from '../series/head.js';
import { ChunkRepository } from './chunk.repository.js';
import { PartitionRepository } from './partition.repository.js';
import { SealBatch } from './seal-batch.js';
import { sealableRows, type RowOutline } from './seal-order.js';
import { RAW_TIER } from './tiers.js';

const INTERVAL_MS = 10_000;
/** Samples a little older than the head are left in the log, for heads that begin a little earlier. */
const MARGIN_MS = 300_000;
const MAX_ROWS = 200_000;
/** As many samples as a quarter of the head's memory holds: the more at once, the fewer chunks are written again. */
const SAMPLES_PER_HEAD_MIB = 1_048_576 / 16 / 4;

/**
 * Moves what the head no longer needs from the log into chunks, a series' samples together. Samples, chunks and log change in
 * one transaction: whoever reads finds every sample in one of the two. One replica does it at a time.
 */
@Injectable()
export class Sealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly periodic = new Periodic(Sealer.name, INTERVAL_MS, () => this.sealDue());

  constructor(
    private readonly config: MetricsConfig,
    private readonly log: SampleLogRepository,
    private readonly chunks: ChunkRepository,
    private readonly partitions: PartitionRepository,
    private readonly leases: LeaseRepository,
    private readonly head: Head,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.periodic.stop();
    await this.leases.release('seal');
  }

  /** Seals when enough has gathered. */
  async sealDue(): Promise<void> {
    const beforeMs = this.head.startMs - MARGIN_MS;
    if (await this.log.isDue(beforeMs, this.config.sealMinutes * 60_000)) await this.seal(beforeMs);
  }

  private async seal(beforeMs: number): Promise<void> {
    const epoch = await this.leases.begin('seal');
    if (epoch === undefined) return;
    for (let isMore = true; isMore && !this.stopping.signal.aborted;) {
      isMore = await this.log.transaction(async (client) => {
        await this.leases.fence(client, 'seal', epoch);
        return this.sealSome(client, beforeMs);
      });
    }
  }

  /** @returns whether there was anything to seal. */
  private async sealSome(client: PoolClient, beforeMs: number): Promise<boolean> {
    const maxSamples = this.config.headMaxMib * SAMPLES_PER_HEAD_MIB;
    const rows = sealableRows(await this.log.outlines(client, beforeMs, MAX_ROWS), beforeMs, maxSamples);
    if (rows.length === 0) return false;
    const batch = await this.gather(client, rows);
    const oldestMs = rows.reduce((least, { t0 }) => Math.min(least, t0), Infinity);
    const newestMs = rows.reduce((greatest, { t1 }) => Math.max(greatest, t1), 0);
    await this.partitions.make(RAW_TIER, oldestMs, newestMs, client);
    const touched = await this.chunks.readTouched(client, RAW_TIER, batch.extents());
    await this.chunks.replace(client, touched, await batch.toChunks(touched));
    await this.log.takeOut(
      client,
      rows.map(({ id }) => id),
      newestMs,
    );
    return true;
  }

  private async gather(client: PoolClient, rows: readonly RowOutline[]): Promise<SealBatch> {
    const batch = new SealBatch();
    const ids = rows.map(({ id }) => id);
    await this.log.readInto(client, ids, (workspaceId, block) => batch.add(workspaceId, block));
    return batch;
  }
}
