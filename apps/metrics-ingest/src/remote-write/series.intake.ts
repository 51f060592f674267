import type { Batch } from '../ingest/batch.js';
import type { Identities } from '../ingest/identity.cache.js';
import { identityOf, isBad, type Identity } from '../ingest/identity.js';
import { familyOf } from '../metadata/metric.metadata.js';
import type { WireSeries } from './wire.series.js';

const NO_HISTOGRAMS = 'native histograms are not stored: send classic ones';

/** Adds what is good of a series to the batch, and refuses the rest by its name. */
export function take(
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
export const START = -1;
const startsAtZero: ReadonlySet<string> = new Set(['counter', 'histogram', 'summary']);

/** What counts from zero and says since when: its first increase is then seen, not only those after its first sample. */
export function addStart(batch: Batch, identity: Identity, { startMs, times, metadata }: WireSeries): boolean {
  const counts = startsAtZero.has(metadata?.type ?? '') && identity.labels.quantile === undefined;
  if (!counts || startMs <= 0 || startMs === identity.startMs || batch.timeFault(startMs)) return false;
  if (!times.some((time) => time > startMs) || times.includes(startMs)) return false;
  batch.add(START, identity, { times: [startMs], values: [0] });
  return true;
}
