/** What both encodings of OTLP are read into. */
export interface OtlpResource {
  readonly attributes: Attributes;
  readonly metrics: OtlpMetric[];
}

/** `key` tells them apart from others of the same encoding; reading them is put off until a series is not known. */
export interface Attributes {
  readonly key: string;
  readonly pairs: () => [name: string, value: string][];
}

export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential' | 'summary';

export interface OtlpMetric {
  name: string;
  description: string;
  unit: string;
  kind: MetricKind;
  isMonotonic: boolean;
  temporality: 'unspecified' | 'delta' | 'cumulative';
  points: OtlpPoint[];
}

/** Times are Unix milliseconds, 0 where there is none. */
export interface OtlpPoint {
  attributes: Attributes;
  startMs: number;
  timeMs: number;
  /** The sender says that the series has no value any more. */
  isStale: boolean;
  value: PointValue;
  exemplars: OtlpExemplar[];
  /** Why it cannot be taken, found while it was read. */
  fault?: string;
}

export type PointValue = NumberValue | HistogramValue | ExponentialValue | SummaryValue;

export interface NumberValue {
  kind: 'number';
  value: number;
}

/** `counts[i]` is how many were at most `bounds[i]` and above the bound before; the last one has no bound. */
export interface HistogramValue {
  kind: 'histogram';
  count: number;
  sum?: number;
  bounds: number[];
  counts: number[];
}

export interface ExponentialValue {
  kind: 'exponential';
  count: number;
  sum?: number;
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positive: Buckets;
  negative: Buckets;
}

/** `counts[i]` is of the bucket with index `offset + i`: above `base^index`, at most `base^(index + 1)`. */
export interface Buckets {
  offset: number;
  counts: number[];
}

export interface SummaryValue {
  kind: 'summary';
  count: number;
  sum: number;
  quantiles: [quantile: number, value: number][];
}

export interface OtlpExemplar {
  attributes: Attributes;
  timeMs: number;
  value: number;
  traceId: string;
  spanId: string;
}
