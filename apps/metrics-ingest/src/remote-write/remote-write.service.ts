import { Injectable } from '@nestjs/common';
import type { IntakeReply, RemoteWriteRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { IdentityCache } from '../ingest/identity.cache.js';
import { IntakeService } from '../ingest/intake.service.js';
import { unsnappy } from '../wire/inflate.js';
import { decodeV1 } from './decode.v1.js';
import { decodeV2 } from './decode.v2.js';
import { addStart, START, take } from './series.intake.js';

/** Prometheus remote write, both versions: what is good is stored, what is refused is counted and named. */
@Injectable()
export class RemoteWriteService {
  constructor(
    private readonly intake: IntakeService,
    private readonly identities: IdentityCache,
  ) {}

  async write({ version, body }: RemoteWriteRequest): Promise<IntakeReply> {
    const { workspaceId } = currentActor();
    const bytes = await unsnappy(body);
    const { series, metadata } = version === '2' ? decodeV2(bytes) : decodeV1(bytes);
    const identities = await this.identities.of(workspaceId);
    const batch = this.intake.newBatch();
    batch.metadata.push(...metadata);
    const starts: (() => void)[] = [];
    series.forEach((one, index) => {
      const identity = take(identities, batch, one, index, version);
      if (identity && addStart(batch, identity, one)) starts.push(() => (identity.startMs = one.startMs));
    });
    const unstored = new Set(await this.intake.store(workspaceId, batch.series));
    for (const isStored of starts) isStored();
    let samples = 0;
    for (const accepted of batch.series) {
      const { index, labels, times } = accepted;
      if (index === START) continue;
      if (unstored.has(accepted)) batch.refusals.add(labels.__name__ ?? '', this.intake.limitMessage, times.length);
      else samples += times.length;
    }
    const exemplars = await this.intake.storeRest(workspaceId, batch);
    const { rejected, errors } = batch.refusals;
    return { samples, histograms: 0, exemplars, rejected, errors, warnings: [...batch.warnings] };
  }
}
