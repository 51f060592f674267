import type { Series } from './series.js';
import { statisticsOf, type Statistics } from './statistics.js';

const MAX_SERIES_SHOWN = 50;

/** Of all values together, and of each series when there are several. */
export function summaryOf(series: readonly Series[], percentiles: readonly number[]): object {
  const all = series.flatMap(({ points }) => points).toSorted((a, b) => a.t - b.t);
  const each = series
    .slice(0, MAX_SERIES_SHOWN)
    .map(({ labels, points }): Statistics & { labels: Record<string, string> } => ({
      labels,
      ...statisticsOf(points, percentiles),
    }));
  return { ...statisticsOf(all, percentiles), seriesCount: series.length, series: each };
}
