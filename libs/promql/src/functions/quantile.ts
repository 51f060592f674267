/** So many values are sorted faster without the engine's help. */
const FEW = 48;

/** The quantile of some values, which are sorted by it; between two of them it is their weighted mean. */
export function quantileOf(q: number, values: Float64Array): number {
  if (values.length === 0 || q !== q) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  if (values.length <= FEW) sortFew(values);
  else sortNansFirst(values);
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

/** Typed arrays sort numbers with NaN at the end; quantiles count it as less than everything. */
function sortNansFirst(values: Float64Array): void {
  values.sort();
  let nans = 0;
  while (nans < values.length && Number.isNaN(values[values.length - 1 - nans])) nans++;
  if (nans === 0) return;
  values.copyWithin(nans, 0, values.length - nans);
  values.fill(NaN, 0, nans);
}

/** The same by insertion. */
function sortFew(values: Float64Array): void {
  for (let i = 1; i < values.length; i++) {
    const value = values[i] as number;
    let at = i;
    for (; at > 0; at--) {
      const before = values[at - 1] as number;
      if (before <= value || before !== before) break;
      values[at] = before;
    }
    values[at] = value;
  }
}

export function isQuantile(q: number): boolean {
  return q >= 0 && q <= 1;
}
