import { Injectable } from '@nestjs/common';
import type { MetricsStatus } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { MetricsConfig } from '../config.js';
import { StoredSamplesRepository } from '../chunks/stored-samples.repository.js';
import { LogTail } from '../log/log-tail.js';
import { QueryCache } from '../query/query-cache.js';
import { Head } from '../series/head.js';

/** How much the caller's workspace has stored, and how much of it is in memory here. */
@Injectable()
export class StoreStatusService {
  constructor(
    private readonly config: MetricsConfig,
    private readonly stored: StoredSamplesRepository,
    private readonly head: Head,
    private readonly tail: LogTail,
    private readonly cache: QueryCache,
  ) {}

  async status(): Promise<MetricsStatus> {
    const { workspaceId } = currentActor();
    await this.tail.catchUp();
    const { oldestLogMs, oldestChunkMs, ...usage } = await this.stored.usage(workspaceId);
    const oldestMs = Math.min(oldestLogMs ?? Infinity, oldestChunkMs ?? Infinity);
    return {
      activeSeries: this.head.activeSeries(workspaceId),
      samplesTotal: usage.logSamples + usage.chunkSamples,
      bytesStored: usage.logBytes + usage.chunkBytes,
      details: {
        ...usage,
        ...(oldestMs !== Infinity && { oldestSampleAt: new Date(oldestMs).toISOString() }),
        retentionHours: this.config.retentionHours,
        maxSeries: this.config.maxSeries,
        headSince: new Date(this.head.startMs).toISOString(),
        headBytes: this.head.bytes,
        queryCache: this.cache.countsOf(workspaceId),
      },
    };
  }
}
