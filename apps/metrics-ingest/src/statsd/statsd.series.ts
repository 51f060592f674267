import type { SeriesInput } from '@scm/contracts';
import { labelName } from '../otlp/naming.js';
import { keyOf, type Labels } from '../series/labels.js';
import { parseLine, type StatsdLine } from './statsd.line.js';
import { addHistogram, apply, startOf, type Value } from './statsd.value.js';

const MAX_SERIES = 10_000;
const IDLE_MS = 3_600_000;

/** What StatsD's lines come to: counters and histograms since this process began, gauges as they were set last. */
export class StatsdSeries {
  private readonly values = new Map<string, Value>();
  private dropped = 0;

  constructor(private readonly instance: string) {}

  /** Takes a line; one that is none, or of one series too many, is counted. */
  take(text: string): void {
    const line = parseLine(text);
    const value = line && this.valueOf(line);
    if (!value) this.dropped++;
    else apply(line, value);
  }

  /** All series as they are now; sets begin anew. */
  snapshot(nowMs: number): SeriesInput[] {
    const series: SeriesInput[] = [];
    const add = (labels: Labels, value: number) => series.push({ labels, samples: [[nowMs, value]] });
    for (const [key, value] of this.values) {
      if (value.touchedMs < nowMs - IDLE_MS) this.values.delete(key);
      else if (value.histogram) addHistogram(value, add);
      else add(value.labels, value.members?.size ?? value.value);
      value.members?.clear();
    }
    add({ __name__: 'scm_statsd_dropped_lines_total', instance: this.instance }, this.dropped);
    return series;
  }

  private valueOf({ name, type, tags }: StatsdLine): Value | undefined {
    const own = tags.map(([tag, text]) => [labelName(tag), text]);
    const labels = { instance: this.instance, ...Object.fromEntries(own), __name__: metricOf(name, type) } as Labels;
    const key = `${type}${keyOf(labels)}`;
    const known = this.values.get(key);
    if (known) return Object.assign(known, { touchedMs: Date.now() });
    if (this.values.size >= MAX_SERIES) return undefined;
    const made = { labels, touchedMs: Date.now(), value: 0, ...startOf(type) };
    this.values.set(key, made);
    return made;
  }
}

function metricOf(name: string, type: StatsdLine['type']): string {
  const base = name.replace(/[^a-zA-Z0-9_:]+/g, '_').replace(/^(?=\d)/, '_');
  if (type === 'counter') return base.endsWith('_total') ? base : `${base}_total`;
  return type === 'timer' ? `${base}_seconds` : base;
}
