import type { OtlpMetric } from './otlp.model.js';

/** A metric of which nothing is said yet. */
export function emptyMetric(): OtlpMetric {
  const texts = { name: '', description: '', unit: '' };
  return { ...texts, kind: 'gauge', isMonotonic: false, temporality: 'unspecified', points: [] };
}

/** By its number in the protocol. */
export function temporalityOf(value: unknown): OtlpMetric['temporality'] {
  return value === 1 ? 'delta' : value === 2 ? 'cumulative' : 'unspecified';
}
