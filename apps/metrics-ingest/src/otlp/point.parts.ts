import type { LabelPair } from '../ingest/identity.js';
import { withBounds } from './exponential.buckets.js';
import type { HistogramValue, OtlpPoint, SummaryValue } from './otlp.model.js';

/** One of the series that a data point becomes: what follows the name, and the label that tells buckets apart. */
export interface Part {
  suffix: string;
  label?: LabelPair;
  value: number;
}

export function partsOf({ value }: OtlpPoint): Part[] {
  if (value.kind === 'number') return [{ suffix: '', value: value.value }];
  if (value.kind === 'summary') return summaryParts(value);
  return histogramParts(value.kind === 'exponential' ? withBounds(value) : value);
}

function histogramParts({ count, sum, bounds, counts }: HistogramValue): Part[] {
  let total = 0;
  const buckets = bounds.map((bound, i): Part => {
    total += counts[i] ?? 0;
    return { suffix: '_bucket', label: ['le', numberText(bound)], value: total };
  });
  return [
    ...buckets.filter(({ label }) => label?.[1] !== '+Inf'),
    { suffix: '_bucket', label: ['le', '+Inf'], value: count },
    ...(sum === undefined ? [] : [{ suffix: '_sum', value: sum }]),
    { suffix: '_count', value: count },
  ];
}

function summaryParts({ count, sum, quantiles }: SummaryValue): Part[] {
  return [
    ...quantiles.map(([at, value]): Part => ({ suffix: '', label: ['quantile', numberText(at)], value })),
    { suffix: '_sum', value: sum },
    { suffix: '_count', value: count },
  ];
}

function numberText(value: number): string {
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
}
