import { Injectable } from '@nestjs/common';
import type { IngestReply, IngestRequest } from '@scm/contracts';
import { unavailableIfAway } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { MetricsConfig } from '../config.js';
import { SampleWriter } from './sample-writer.js';
import { readSeries, Refusals, type AcceptedSeries } from './series-input.js';

const HOUR_MS = 3_600_000;
const OLDEST_HOURS = 24;
const FUTURE_MS = 600_000;

/** Takes samples in: good ones are stored, bad ones are counted and explained. */
@Injectable()
export class IngestService {
  constructor(
    private readonly config: MetricsConfig,
    private readonly writer: SampleWriter,
  ) {}

  async ingest(request: IngestRequest): Promise<IngestReply> {
    const { workspaceId } = currentActor();
    const refusals = new Refusals();
    const accepted = readSeries(request.series, this.window(), refusals);
    const refused = new Set(accepted.length === 0 ? [] : await this.write(workspaceId, accepted));
    const message = `the workspace has its ${this.config.maxSeries} series already (SCM_MAX_SERIES): no new one is taken`;
    for (const { index, times } of refused) refusals.add(`series.${index}`, message, times.length);
    const written = accepted.reduce((sum, series) => sum + (refused.has(series) ? 0 : series.times.length), 0);
    return { written, rejected: refusals.rejected, errors: refusals.errors };
  }

  private write(workspaceId: string, accepted: AcceptedSeries[]): Promise<AcceptedSeries[]> {
    return this.writer.write(workspaceId, accepted).catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
  }

  private window(): { oldestMs: number; newestMs: number } {
    const now = Date.now();
    const oldestMs = now - Math.min(OLDEST_HOURS, this.config.retentionHours) * HOUR_MS;
    return { oldestMs, newestMs: now + FUTURE_MS };
  }
}
