import { Injectable } from '@nestjs/common';
import type { IngestReply, IngestRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { IntakeService } from './intake.service.js';
import { readSeries, Refusals } from './series-input.js';

/** Takes samples in as JSON: good ones are stored, bad ones are counted and explained. */
@Injectable()
export class IngestService {
  constructor(private readonly intake: IntakeService) {}

  async ingest(request: IngestRequest): Promise<IngestReply> {
    const { workspaceId } = currentActor();
    const refusals = new Refusals();
    const accepted = readSeries(request.series, this.intake.window(), refusals);
    const refused = new Set(await this.intake.store(workspaceId, accepted));
    for (const { index, times } of refused) {
      refusals.add(`series.${index}`, this.intake.limitMessage, times.length);
    }
    const written = accepted.reduce((sum, series) => sum + (refused.has(series) ? 0 : series.times.length), 0);
    return { written, rejected: refusals.rejected, errors: refusals.errors };
  }
}
