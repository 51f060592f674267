/** So many values are sorted faster without the engine's help. */
const FEW = 48;

/** Sorts in place, NaN before everything. */
export function sortNumbers(values: Float64Array): void {
  if (values.length <= FEW) sortFew(values);
  else sortMany(values);
}

/** Typed arrays sort numbers with NaN at the end; here it comes first. */
function sortMany(values: Float64Array): void {
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
