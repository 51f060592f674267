import { Injectable } from '@nestjs/common';
import { unavailableIfAway } from '@scm/database';
import type { Batch } from '../ingest/batch.js';
import { IntakeService } from '../ingest/intake.service.js';
import type { AcceptedSeries } from '../ingest/series-input.js';
import { addAll, streamOf } from './delta.addition.js';
import { DeltaStateRepository } from './delta-state.repository.js';
import type { NamedPoint, PointTranslator } from './point.translator.js';

/**
 * Makes cumulative points of deltas. What a stream came to is committed with the samples it led to, so that a delta counts
 * once, whoever dies when: one that is sent again is known by its time.
 */
@Injectable()
export class DeltaAccumulator {
  /** One request at a time: each holds a connection while its samples wait for another one. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly states: DeltaStateRepository,
    private readonly intake: IntakeService,
  ) {}

  /** Adds the points to the batch and stores it. */
  async store(...request: Parameters<DeltaAccumulator['storeAlone']>): Promise<AcceptedSeries[]> {
    const stored = this.last.then(() => this.storeAlone(...request));
    this.last = stored.catch(() => undefined);
    return stored;
  }

  private async storeAlone(
    workspaceId: string,
    batch: Batch,
    points: readonly NamedPoint[],
    translator: PointTranslator,
  ): Promise<AcceptedSeries[]> {
    const streams = points.map((named) => streamOf(named, translator));
    points.forEach((named, i) => streams[i] ?? translator.add(named));
    const asked = [...new Set(streams.filter((stream) => stream !== undefined))];
    const stored = this.states.alone(workspaceId, async (client) => {
      const known = await this.states.find(client, workspaceId, asked);
      const changed = addAll(batch, points, streams, known, translator);
      return this.intake.store(workspaceId, batch.series, (tx) => this.states.save(tx, workspaceId, changed));
    });
    return stored.catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
  }
}
