import { Injectable } from '@nestjs/common';
import type { IngestReply, IngestRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { CardinalityGuard } from '../cardinality/cardinality.guard.js';
import type { Identity } from './identity.js';
import { IntakeService } from './intake.service.js';
import { readSeries, Refusals } from './series-input.js';

/** Takes samples in as JSON: good ones are stored, bad ones are counted and explained. */
@Injectable()
export class IngestService {
  constructor(
    private readonly intake: IntakeService,
    private readonly guard: CardinalityGuard,
  ) {}

  async ingest(request: IngestRequest): Promise<IngestReply> {
    const { workspaceId } = currentActor();
    const refusals = new Refusals();
    const budgets = await this.guard.of(workspaceId);
    const folded = new Set<Identity>();
    const accepted = readSeries(request.series, this.intake.window(), refusals).map((series) => {
      const identity = budgets.fold(series);
      if (identity === series) return series;
      folded.add(identity);
      return { ...series, ...identity };
    });
    const refused = new Set(await this.intake.store(workspaceId, accepted));
    for (const { index, times } of refused) {
      refusals.add(`series.${index}`, this.intake.limitMessage, times.length);
    }
    const written = accepted.reduce((sum, series) => sum + (refused.has(series) ? 0 : series.times.length), 0);
    const warnings = [...folded].slice(0, Refusals.maxShown).map((identity) => this.guard.warningOf(identity));
    const { rejected, errors } = refusals;
    return { written, rejected, errors, ...(warnings.length > 0 && { warnings }) };
  }
}
