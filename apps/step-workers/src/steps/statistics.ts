export interface Statistics {
  count: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  median: number | null;
  /** Of the population. */
  stddev: number | null;
  /** By rank with linear interpolation: `{p95: 0.9}`. */
  percentiles: Record<string, number | null>;
  first: number | null;
  last: number | null;
  /** Change per second along the least-squares line; per sample where no times are known. */
  slope: number | null;
  /** How many standard deviations the last value lies above the mean; 0 when all values are equal. */
  zScore: number | null;
}

/** One value with its time in seconds, or its number where it has no time. */
export interface Point {
  t: number;
  value: number;
}

/** Statistics of finite values in the order of their times; all but the count are null when there is none. */
export function statisticsOf(points: readonly Point[], percentiles: readonly number[]): Statistics {
  const values = points.map(({ value }) => value);
  const ranked = values.toSorted((a, b) => a - b);
  const count = values.length;
  const mean = count === 0 ? null : values.reduce((sum, value) => sum + value / count, 0);
  const stddev = mean === null ? null : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / count, 0));
  const last = values.at(-1) ?? null;
  return {
    count,
    min: ranked[0] ?? null,
    max: ranked.at(-1) ?? null,
    mean,
    median: quantile(ranked, 0.5),
    stddev,
    percentiles: Object.fromEntries(percentiles.map((p) => [`p${p}`, quantile(ranked, p / 100)])),
    first: values[0] ?? null,
    last,
    slope: slopeOf(points, mean),
    zScore: last === null || mean === null || stddev === null ? null : stddev === 0 ? 0 : (last - mean) / stddev,
  };
}

function quantile(ranked: readonly number[], q: number): number | null {
  const rank = q * (ranked.length - 1);
  const [low, high] = [ranked[Math.floor(rank)], ranked[Math.ceil(rank)]];
  return low === undefined || high === undefined ? null : low + (high - low) * (rank - Math.floor(rank));
}

function slopeOf(points: readonly Point[], mean: number | null): number | null {
  if (points.length < 2 || mean === null) return null;
  const meanT = points.reduce((sum, { t }) => sum + t / points.length, 0);
  const spread = points.reduce((sum, { t }) => sum + (t - meanT) ** 2, 0);
  if (spread === 0) return null;
  return points.reduce((sum, { t, value }) => sum + (t - meanT) * (value - mean), 0) / spread;
}
