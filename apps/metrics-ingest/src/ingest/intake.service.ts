import { Injectable } from '@nestjs/common';
import { unavailableIfAway } from '@scm/database';
import { MetricsConfig } from '../config.js';
import { CardinalityGuard } from '../cardinality/cardinality.guard.js';
import { ExemplarService } from '../exemplars/exemplar.service.js';
import { MetadataService } from '../metadata/metadata.service.js';
import { Batch } from './batch.js';
import type { Alongside } from './pending-write.js';
import { SampleWriter } from './sample-writer.js';
import type { AcceptedSeries, TimeWindow } from './series-input.js';

const HOUR_MS = 3_600_000;
const OLDEST_HOURS = 24;
const FUTURE_MS = 600_000;

/** What every door of samples has in common: which times are taken, and how what was accepted is stored. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly config: MetricsConfig,
    private readonly writer: SampleWriter,
    private readonly metadata: MetadataService,
    private readonly exemplars: ExemplarService,
    private readonly guard: CardinalityGuard,
  ) {}

  newBatch(): Batch {
    return new Batch(this.window());
  }

  window(): TimeWindow {
    const now = Date.now();
    const oldestMs = now - Math.min(OLDEST_HOURS, this.config.retentionHours) * HOUR_MS;
    return { oldestMs, newestMs: now + FUTURE_MS };
  }

  /** Why the series that `store` gives back are not stored. */
  get limitMessage(): string {
    return `the workspace has its ${this.config.maxSeries} series already (SCM_MAX_SERIES): no new one is taken`;
  }

  /** Resolves after the commit, with the series that would be one too many. */
  async store(
    workspaceId: string,
    series: readonly AcceptedSeries[],
    alongside?: Alongside,
  ): Promise<AcceptedSeries[]> {
    if (series.length === 0 && !alongside) return [];
    try {
      return await this.writer.write(workspaceId, series, alongside);
    } catch (error) {
      throw unavailableIfAway(error);
    }
  }

  /** Stores what the request says beside its samples. @returns how many exemplars are stored. */
  async storeRest(workspaceId: string, batch: Batch): Promise<number> {
    await this.metadata.note(workspaceId, batch.metadata);
    for (const identity of batch.folded) batch.warn(this.guard.warningOf(identity));
    const stored = await this.exemplars.store(workspaceId, batch.exemplars);
    if (stored < batch.exemplars.length)
      batch.warn('more exemplars than SCM_EXEMPLARS_PER_MINUTE allows: not all were taken');
    return stored;
  }
}
