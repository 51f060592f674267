import type { Batch } from '../ingest/batch.js';
import type { Identities } from '../ingest/identity.cache.js';
import { identityOf, isBad, type BadLabels, type Identity, type LabelPair } from '../ingest/identity.js';
import type { Attributes, OtlpExemplar, OtlpPoint } from './otlp.model.js';
import { labelPairs, withoutDoubles } from './label.pairs.js';
import { partsOf, type Part } from './point.parts.js';
import type { ResourceLabels } from './resource.labels.js';

/** A data point with the name its series have. */
export interface NamedPoint {
  /** Which of the request's data points it is. */
  index: number;
  name: string;
  resource: ResourceLabels;
  point: OtlpPoint;
}

/** Makes the series of data points: one of a number, several of a histogram or a summary. All of a point are taken, or none. */
export class PointTranslator {
  constructor(
    private readonly identities: Identities,
    private readonly batch: Batch,
  ) {}

  add(named: NamedPoint): void {
    const { index, name, point } = named;
    const parts = partsOf(point);
    const found = parts.map((part) => this.identify(named, part));
    const bad = found.find(isBad);
    const fault = bad?.fault ?? this.batch.timeFault(point.timeMs);
    if (fault) return this.batch.refusals.add(name || '(no name)', fault);
    const stale = point.isStale ? new Set([0]) : undefined;
    found.forEach((identity, i) => {
      const run = { times: [point.timeMs], values: [parts[i]?.value ?? 0], ...(stale && { stale }) };
      if (!isBad(identity)) this.batch.add(index, identity, run);
    });
    for (const exemplar of point.exemplars) this.addExemplar(exemplar, parts, found);
  }

  /** An example of a histogram belongs to the bucket that its value is in. */
  private addExemplar(exemplar: OtlpExemplar, parts: readonly Part[], found: readonly (Identity | BadLabels)[]): void {
    const { attributes, traceId, spanId, value, timeMs } = exemplar;
    const bucket = parts.findIndex(
      ({ label }) => label?.[0] === 'le' && value <= Number(label[1].replace('+Inf', 'Infinity')),
    );
    const identity = found[Math.max(0, bucket)];
    const ids = [
      ['trace_id', traceId],
      ['span_id', spanId],
    ] as const;
    const pairs = [...labelPairs(attributes.pairs()), ...ids.filter(([, id]) => id !== '')];
    if (identity && !isBad(identity)) this.batch.addExemplar(identity, withoutDoubles(pairs), value, timeMs);
  }

  /** Says once what a resource is besides its job and instance; it is no data point of the sender's. */
  addTarget({ key, info }: ResourceLabels, timeMs: number): void {
    if (info.length === 0 || this.batch.timeFault(timeMs)) return;
    const identity = this.identities.find(`o${key}\0target_info`, () => identityOf(info));
    if (!isBad(identity)) this.batch.add(-1, identity, { times: [timeMs], values: [1] });
  }

  /** The series of a number, or what the series of a histogram have in common. */
  identify(
    { name, resource, point }: Pick<NamedPoint, 'name' | 'resource' | 'point'>,
    { suffix, label }: Omit<Part, 'value'>,
  ): Identity | BadLabels {
    const key = `o${resource.key}\0${name}${suffix}\0${label?.[1] ?? ''}\0${point.attributes.key}`;
    return this.identities.find(key, () => {
      this.batch.spend(key.length);
      return identityOf(pairsOf(`${name}${suffix}`, resource, point.attributes, label));
    });
  }
}

/** What a point says of itself stands over what its resource does. */
function pairsOf(name: string, resource: ResourceLabels, attributes: Attributes, label?: LabelPair): LabelPair[] {
  const own = labelPairs(attributes.pairs());
  const pairs: LabelPair[] = [...resource.pairs, ...own, ...(label ? [label] : []), ['__name__', name]];
  return withoutDoubles(pairs);
}
