import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PartitionRepository } from '../chunks/partition.repository.js';
import { RAW_TIER } from '../chunks/tiers.js';
import { MetricsConfig } from '../config.js';
import { Periodic } from '../lease/periodic.js';
import { SampleLogRepository } from '../log/sample-log.repository.js';
import { Head } from '../series/head.js';
import { SeriesRepository } from '../series/series.repository.js';

const INTERVAL_MS = 30_000;
const HOUR_MS = 3_600_000;
const PAGE_ROWS = 5_000;
/** Partitions are there before anything is to be sealed into them. */
const AHEAD_MS = 48 * HOUR_MS;

/** Forgets what is too old, in the head and in Postgres; replicas that do it at once do not disturb each other. */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly periodic = new Periodic(RetentionService.name, INTERVAL_MS, (nowMs) => this.sweep(nowMs));
  private lastSweepMs = 0;

  constructor(
    private readonly config: MetricsConfig,
    private readonly head: Head,
    private readonly log: SampleLogRepository,
    private readonly partitions: PartitionRepository,
    private readonly seriesRows: SeriesRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.periodic.stop();
  }

  private async sweep(nowMs: number): Promise<void> {
    this.head.evict(nowMs);
    await this.seriesRows.markSeen(this.head.touchedSince(this.lastSweepMs));
    this.lastSweepMs = nowMs;
    const retentionMs = this.config.retentionHours * HOUR_MS;
    for (let deleted = PAGE_ROWS; deleted === PAGE_ROWS;) {
      deleted = await this.log.deleteBefore(nowMs - retentionMs, PAGE_ROWS);
    }
    await this.partitions.make(RAW_TIER, nowMs, nowMs + AHEAD_MS);
    await this.dropPartitions(nowMs - retentionMs);
    // An hour more than any replica may still know the series: whoever writes to it again makes it anew.
    const knownMs = Math.max(retentionMs, this.config.headMinutes * 60_000) + HOUR_MS;
    await this.seriesRows.deleteUnseenSince(nowMs - knownMs);
  }

  /** A partition goes when all that may be in it is too old. */
  private async dropPartitions(beforeMs: number): Promise<void> {
    for (const partition of await this.partitions.list()) {
      if (partition.toMs <= beforeMs) await this.partitions.drop(partition);
    }
  }
}
