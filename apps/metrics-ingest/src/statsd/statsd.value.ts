import type { Labels } from '../series/labels.js';
import type { StatsdLine } from './statsd.line.js';

/** Upper bounds of the buckets of timers, in seconds, and of histograms, in their own unit. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const MAX_MEMBERS = 10_000;

/** What a series came to. */
export interface Value {
  labels: Labels;
  touchedMs: number;
  /** Of a counter or a gauge; of a set how many there were. */
  value: number;
  members?: Set<string>;
  histogram?: { counts: number[]; sum: number; count: number };
}

export function startOf(type: StatsdLine['type']): Partial<Value> {
  if (type === 'set') return { members: new Set() };
  const isHistogram = type === 'timer' || type === 'histogram';
  return isHistogram ? { histogram: { counts: BOUNDS.map(() => 0), sum: 0, count: 0 } } : {};
}

export function apply({ type, values, rate }: StatsdLine, to: Value): void {
  for (const text of values) {
    const number = Number(text);
    if (type === 'counter') to.value += number / rate;
    else if (type === 'gauge') to.value = /^[+-]/.test(text) ? to.value + number : number;
    else if (type !== 'set') observe(to, type === 'timer' ? number / 1_000 : number, 1 / rate);
    else if ((to.members?.size ?? 0) < MAX_MEMBERS) to.members?.add(text);
  }
}

function observe({ histogram }: Value, value: number, weight: number): void {
  if (!histogram) return;
  histogram.count += weight;
  histogram.sum += value * weight;
  BOUNDS.forEach((bound, i) => {
    if (value <= bound) histogram.counts[i] = (histogram.counts[i] ?? 0) + weight;
  });
}

export function addHistogram({ labels, histogram }: Value, add: (labels: Labels, value: number) => void): void {
  const { counts = [], sum = 0, count = 0 } = histogram ?? {};
  const part = (suffix: string, more: Labels = {}) => ({ ...labels, ...more, __name__: `${labels.__name__}${suffix}` });
  BOUNDS.forEach((bound, i) => add(part('_bucket', { le: String(bound) }), counts[i] ?? 0));
  add(part('_bucket', { le: '+Inf' }), count);
  add(part('_sum'), sum);
  add(part('_count'), count);
}
