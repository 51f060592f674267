/** A bucket of a classic histogram: how many observations there were up to a bound. */
export interface Bucket {
  readonly bound: number;
  count: number;
}

export interface Quantile {
  value: number;
  /** Where counts went down from a bound to the next, which they cannot. */
  forced?: { lowest: number; highest: number; difference: number };
}

const TOLERANCE = 1e-12;

/** The quantile of a classic histogram, its observations taken as spread evenly within each bucket. */
export function bucketQuantile(q: number, unordered: Bucket[]): Quantile {
  if (q !== q) return { value: NaN };
  if (q < 0) return { value: -Infinity };
  if (q > 1) return { value: Infinity };
  const buckets = ordered(unordered);
  if (buckets.at(-1)?.bound !== Infinity) return { value: NaN };
  const forced = makeMonotonic(buckets);
  return { value: quantileOfBuckets(q, buckets), ...(forced && { forced }) };
}

function quantileOfBuckets(q: number, buckets: readonly Bucket[]): number {
  const last = buckets.length - 1;
  const observations = countOf(buckets, last);
  if (last < 1 || observations === 0) return NaN;
  const rank = q * observations;
  let at = 0;
  while (at < last && !(countOf(buckets, at) >= rank)) at++;
  if (at === last) return boundOf(buckets, last - 1);
  if (at === 0 && boundOf(buckets, 0) <= 0) return boundOf(buckets, 0);
  const start = at === 0 ? 0 : boundOf(buckets, at - 1);
  const below = at === 0 ? 0 : countOf(buckets, at - 1);
  return start + (boundOf(buckets, at) - start) * ((rank - below) / (countOf(buckets, at) - below));
}

/** The share of the observations that lie between two values. */
export function bucketFraction(lower: number, upper: number, unordered: Bucket[]): number {
  const buckets = ordered(unordered);
  if (buckets.at(-1)?.bound !== Infinity) return NaN;
  const count = countOf(buckets, buckets.length - 1);
  if (count === 0 || lower !== lower || upper !== upper) return NaN;
  if (lower >= upper) return 0;
  const rankOf = (value: number) => Math.min(rankBelow(value, buckets) ?? count, count);
  return (rankOf(upper) - rankOf(lower)) / count;
}

/** How many observations lie below a value; undefined if it is above every bucket. */
function rankBelow(value: number, buckets: readonly Bucket[]): number | undefined {
  let rank = 0;
  let start = boundOf(buckets, 0) <= 0 ? -Infinity : 0;
  for (const { bound, count } of buckets) {
    if (start >= value) return rank;
    if (bound > value) {
      return start === -Infinity ? count : rank + ((count - rank) * (value - start)) / (bound - start);
    }
    [rank, start] = [count, bound];
  }
  return undefined;
}

/** In the order of their bounds, each bound once. */
function ordered(buckets: Bucket[]): Bucket[] {
  const merged: Bucket[] = [];
  for (const bucket of buckets.sort((a, b) => (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0))) {
    const last = merged.at(-1);
    if (last?.bound === bucket.bound) last.count += bucket.count;
    else merged.push({ ...bucket });
  }
  return merged;
}

/** Takes away what counts lose from one bucket to the next; what rounding lost is not worth a word. */
function makeMonotonic(buckets: Bucket[]): Quantile['forced'] {
  let forced: Quantile['forced'];
  let before = buckets[0]?.count ?? 0;
  for (const bucket of buckets.slice(1)) {
    const { count, bound } = bucket;
    if (count === before) continue;
    const isRounding = Math.abs(count - before) < TOLERANCE * (Math.abs(count) + Math.abs(before));
    if (!isRounding && !(count < before)) {
      before = count;
      continue;
    }
    bucket.count = before;
    if (isRounding) continue;
    forced ??= { lowest: Infinity, highest: -Infinity, difference: 0 };
    forced.lowest = Math.min(forced.lowest, bound);
    forced.highest = Math.max(forced.highest, bound);
    forced.difference = Math.max(forced.difference, before - count);
  }
  return forced;
}

function countOf(buckets: readonly Bucket[], index: number): number {
  return buckets[index]?.count ?? NaN;
}

function boundOf(buckets: readonly Bucket[], index: number): number {
  return buckets[index]?.bound ?? NaN;
}
