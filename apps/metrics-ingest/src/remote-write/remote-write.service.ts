import { Injectable } from '@nestjs/common';
import type { IntakeReply, RemoteWriteRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import type { Batch } from '../ingest/batch.js';
import { IdentityCache, type Identities } from '../ingest/identity.cache.js';
import { identityOf, isBad, type Identity } from '../ingest/identity.js';
import { IntakeService } from '../ingest/intake.service.js';
import { familyOf } from '../metadata/metric.metadata.js';
import { unsnappy } from '../wire/inflate.js';
import { decodeV1 } from './decode.v1.js';
import { decodeV2 } from './decode.v2.js';
import type { WireSeries } from './wire.series.js';

const NO_HISTOGRAMS = 'native histograms are not stored: send classic ones';

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

function take(
  identities: Identities,
  batch: Batch,
  series: WireSeries,
  index: number,
  version: string,
): Identity | undefined {
  const { key, times, histograms } = series;
  const found = identities.find(version + key, () => {
    batch.spend(key.length);
    return identityOf(series.labels());
  });
  const refuse = (name: string, why: string, count = 1): undefined => batch.refusals.add(name, why, count) as undefined;
  const count = times.length + histograms;
  if (isBad(found)) return refuse(found.name, found.fault, Math.max(1, count));
  const name = found.labels.__name__ ?? '';
  if (count === 0 && version === '2') return refuse(name, 'has neither samples nor histograms');
  if (histograms > 0) refuse(name, NO_HISTOGRAMS, histograms);
  batch.add(index, found, series);
  for (const { labels, value, timeMs } of series.exemplars) batch.addExemplar(found, labels, value, timeMs);
  if (series.metadata) batch.metadata.push({ ...series.metadata, metric: familyOf(name, series.metadata.type) });
  return found;
}

/** Of samples that are not the sender's. */
const START = -1;
const startsAtZero: ReadonlySet<string> = new Set(['counter', 'histogram', 'summary']);

/** What counts from zero and says since when: its first increase is then seen, not only those after its first sample. */
function addStart(batch: Batch, identity: Identity, { startMs, times, metadata }: WireSeries): boolean {
  const counts = startsAtZero.has(metadata?.type ?? '') && identity.labels.quantile === undefined;
  if (!counts || startMs <= 0 || startMs === identity.startMs || batch.timeFault(startMs)) return false;
  if (!times.some((time) => time > startMs) || times.includes(startMs)) return false;
  batch.add(START, identity, { times: [startMs], values: [0] });
  return true;
}
