import { exponentialFault } from './exponential.buckets.js';
import type { HistogramValue, OtlpMetric, OtlpPoint, PointValue } from './otlp.model.js';

/** Each becomes a series. */
const MAX_BUCKETS = 1_000;

/** Why a data point cannot be stored, whatever its labels and its time are; undefined when it can. */
export function pointFault(
  { kind, temporality }: OtlpMetric,
  { value, isStale, fault }: OtlpPoint,
): string | undefined {
  if (fault || isStale) return fault;
  const needsTemporality = kind === 'sum' || kind === 'histogram' || kind === 'exponential';
  if (needsTemporality && temporality === 'unspecified') return 'has no aggregation temporality';
  if (temporality === 'delta' && !isFinite(value)) return 'a delta must be a finite number';
  if (value.kind === 'exponential') return exponentialFault(value);
  return value.kind === 'histogram' ? histogramFault(value) : undefined;
}

function histogramFault({ bounds, counts }: HistogramValue): string | undefined {
  if (counts.length === 0 && bounds.length === 0) return undefined;
  if (counts.length !== bounds.length + 1) return `has ${counts.length} bucket counts for ${bounds.length} bounds`;
  if (bounds.length > MAX_BUCKETS) return `has more than ${MAX_BUCKETS} buckets`;
  const isAscending = bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? -Infinity));
  return isAscending ? undefined : 'its bounds do not ascend';
}

function isFinite(value: PointValue): boolean {
  if (value.kind === 'number') return Number.isFinite(value.value);
  if (value.kind === 'histogram' && !value.bounds.every(Number.isFinite)) return false;
  return Number.isFinite(value.sum ?? 0);
}
