import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { MetricsConfig } from '../config.js';
import { Periodic } from '../lease/periodic.js';
import { LARGE_SAMPLES, mergeBlocks, mergeRuns } from './merge-runs.js';
import { SampleLogRepository } from './sample-log.repository.js';

const INTERVAL_MS = 30_000;
/** Rows that any head may still read are left alone. */
const MARGIN_MS = 20 * 60_000;
const MIN_ROWS = 600;
const OUTLINE_ROWS = 20_000;

/** Makes few large rows of the many small ones that the commits left, so that old samples can be read fast. */
@Injectable()
export class LogMerger implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly periodic = new Periodic(LogMerger.name, INTERVAL_MS, (nowMs) => this.merge(nowMs));

  constructor(
    private readonly config: MetricsConfig,
    private readonly log: SampleLogRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.periodic.stop();
  }

  private async merge(nowMs: number): Promise<void> {
    const beforeMs = nowMs - this.config.headMinutes * 60_000 - MARGIN_MS;
    for (const workspaceId of await this.log.workspacesToMerge(beforeMs, MIN_ROWS, LARGE_SAMPLES)) {
      for (let merged = Infinity; merged > 0;) merged = await this.mergeSome(workspaceId, beforeMs);
    }
  }

  /** @returns how many rows were merged into others. */
  private async mergeSome(workspaceId: string, beforeMs: number): Promise<number> {
    let merged = 0;
    for (const run of mergeRuns(await this.log.outline(workspaceId, OUTLINE_ROWS), beforeMs)) {
      if (this.stopping.signal.aborted) return 0;
      const ids = run.map(({ id }) => id);
      if (await this.log.replace(ids, mergeBlocks)) merged += ids.length - 1;
    }
    // A few rows left over are no reason to look at all of them again.
    return merged < MIN_ROWS ? 0 : merged;
  }
}
