import type { Span } from '../syntax/ast.js';
import { positionText } from '../syntax/promql-error.js';

const MAX_SHOWN = 10;

/** What a query's author should know about its answer. */
export class Notes {
  private readonly found = { warning: new Set<string>(), info: new Set<string>() };
  private readonly forced = new Map<string, ForcedMonotonicity>();

  constructor(private readonly source: string) {}

  warn(message: string, at: Span): void {
    this.add('warning', message, at);
  }

  inform(message: string, at: Span): void {
    this.add('info', message, at);
  }

  /** Counts of a histogram's buckets went down at a step: one note for all steps. */
  forcedMonotonicity(metric: string, at: Span, timeMs: number, range: BucketRange): void {
    const key = `${at.from} ${metric}`;
    const known = this.forced.get(key);
    if (!known) {
      this.forced.set(key, { metric, at, fromMs: timeMs, toMs: timeMs, samples: 1, ...range });
      return;
    }
    known.samples++;
    known.fromMs = Math.min(known.fromMs, timeMs);
    known.toMs = Math.max(known.toMs, timeMs);
    known.lowest = Math.min(known.lowest, range.lowest);
    known.highest = Math.max(known.highest, range.highest);
    known.difference = Math.max(known.difference, range.difference);
  }

  get warnings(): string[] {
    return shown(this.found.warning, 'warning');
  }

  get infos(): string[] {
    const forced = [...this.forced.values()].map((one) => `PromQL info: ${forcedText(one)} ${this.where(one.at)}`);
    return shown(new Set([...this.found.info, ...forced]), 'info');
  }

  private add(level: 'warning' | 'info', message: string, at: Span): void {
    this.found[level].add(`PromQL ${level}: ${message} ${this.where(at)}`);
  }

  private where({ from }: Span): string {
    return `(${positionText(this.source, from)})`;
  }
}

export interface BucketRange {
  lowest: number;
  highest: number;
  difference: number;
}

interface ForcedMonotonicity extends BucketRange {
  metric: string;
  at: Span;
  fromMs: number;
  toMs: number;
  samples: number;
}

/** ` for metric name "m"`, where the name is known. */
export function forMetric(metric: string): string {
  return metric === '' ? '' : ` for metric name ${JSON.stringify(metric)}`;
}

function forcedText({ metric, fromMs, toMs, samples, lowest, highest, difference }: ForcedMonotonicity): string {
  const doc = 'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile';
  const where = `from buckets ${lowest} to ${highest}, with a max diff of ${Number(difference.toPrecision(2))}`;
  const when = `over ${samples} samples from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
  return `input to histogram_quantile needed to be fixed for monotonicity (see ${doc})${forMetric(metric)}, ${where}, ${when}`;
}

function shown(notes: ReadonlySet<string>, level: string): string[] {
  const all = [...notes];
  if (all.length <= MAX_SHOWN) return all;
  return [...all.slice(0, MAX_SHOWN), `${all.length - MAX_SHOWN} more ${level} annotations omitted`];
}
