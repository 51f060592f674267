import type { ReadSamples } from '../evaluate/query-plan.js';
import type { SeriesRequest } from '../evaluate/requests.js';
import { markStale } from '../stale-marker.js';
import { LabelSet } from '../values/label-set.js';
import type { SeriesLine } from './series-text.js';

/** The series that a test file has loaded. */
export class Store {
  private readonly series = new Map<string, { labels: LabelSet; samples: Map<number, number | 'stale'> }>();
  private readonly withoutNumbers: LabelSet[] = [];

  load(stepMs: number, lines: readonly SeriesLine[], makesHistograms: boolean): void {
    for (const { labels, values, hasHistograms } of lines) {
      const set = LabelSet.of(labels);
      if (hasHistograms) this.withoutNumbers.push(set);
      if (makesHistograms) this.withoutNumbers.push(set.with('__name__', baseName(set.metric)).with('le', ''));
      const series = this.series.get(set.key) ?? { labels: set, samples: new Map() };
      this.series.set(set.key, series);
      values.forEach((value, i) => {
        if (value !== undefined) series.samples.set(i * stepMs, value);
      });
    }
  }

  /** Whether the request finds series whose values are native histograms. */
  hasHistograms(request: SeriesRequest): boolean {
    return this.withoutNumbers.some((labels) => meets(labels, request));
  }

  read(request: SeriesRequest): ReadSamples[] {
    return [...this.series.values()].flatMap(({ labels, samples }) => {
      if (!meets(labels, request)) return [];
      const { fromMs, toMs } = request;
      const kept = [...samples].filter(([time]) => time > fromMs && time <= toMs).sort(([a], [b]) => a - b);
      const [times, values] = [new Float64Array(kept.length), new Float64Array(kept.length)];
      kept.forEach(([time, value], i) => {
        times[i] = time;
        if (value === 'stale') markStale(values, i);
        else values[i] = value;
      });
      return kept.length > 0 ? [{ labels: labels.toRecord(), times, values }] : [];
    });
  }
}

function meets(labels: LabelSet, { matchers }: SeriesRequest): boolean {
  return matchers.every(({ label, test }) => test(labels.get(label)));
}

function baseName(metric: string): string {
  return metric.replace(/_(bucket|count|sum)$/, '');
}
