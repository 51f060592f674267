import { sortNumbers } from './sort-numbers.js';

/** The quantile of some values, which are sorted by it; between two of them it is their weighted mean. */
export function quantileOf(q: number, values: Float64Array): number {
  if (values.length === 0 || q !== q) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  sortNumbers(values);
  const rank = q * (values.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(values.length - 1, lower + 1);
  const weight = rank - lower;
  return (values[lower] as number) * (1 - weight) + (values[upper] as number) * weight;
}

/** The median of the distances from the median. */
export function madOf(values: Float64Array): number {
  if (values.some((value) => value !== value)) return NaN;
  const median = quantileOf(0.5, values);
  return quantileOf(
    0.5,
    values.map((value) => Math.abs(value - median)),
  );
}

export function isQuantile(q: number): boolean {
  return q >= 0 && q <= 1;
}
