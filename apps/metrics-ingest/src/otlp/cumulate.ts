import { halved } from './exponential.buckets.js';
import type { Buckets, ExponentialValue, HistogramValue, NumberValue, PointValue } from './otlp.model.js';

export type CumulatedValue = NumberValue | HistogramValue | ExponentialValue;

/** What the deltas of one stream came to. It survives as JSON, committed with the samples that it led to. */
export interface DeltaState {
  value: CumulatedValue;
  /** When the first delta began, Unix milliseconds. */
  startMs: number;
  /** The newest times that are added up, ascending: a delta of one of them is a repeated one. */
  timesMs: number[];
}

const MAX_TIMES = 64;

export type Cumulated = { state: DeltaState; timeMs: number } | { repeated: true } | { fault: string };

/**
 * Adds a delta to what its stream came to before. One that comes again changes nothing; one that others overtook, as a
 * sender's second tries are, counts at the newest time.
 */
export function cumulate(
  state: DeltaState | undefined,
  { startMs, timeMs, value }: { startMs: number; timeMs: number; value: PointValue },
): Cumulated {
  if (value.kind === 'summary') return { fault: 'a summary has no deltas' };
  if (!state) return { state: { value, startMs, timesMs: [timeMs] }, timeMs };
  const { timesMs } = state;
  if (timesMs.includes(timeMs)) return { repeated: true };
  const isForgotten = timesMs.length === MAX_TIMES && timeMs < (timesMs[0] ?? 0);
  if (isForgotten) return { fault: 'the delta is older than what is added up already' };
  const all = [...timesMs, timeMs].sort((a, b) => a - b).slice(-MAX_TIMES);
  const added = { value: sumOf(state.value, value), startMs: state.startMs, timesMs: all };
  return { state: added, timeMs: all.at(-1) ?? timeMs };
}

/** Histograms whose buckets became others begin anew, as a counter that was reset. */
function sumOf(before: CumulatedValue, delta: CumulatedValue): CumulatedValue {
  if (before.kind === 'number' && delta.kind === 'number') return { ...delta, value: before.value + delta.value };
  if (before.kind === 'histogram' && delta.kind === 'histogram') {
    const isSame = before.bounds.length === delta.bounds.length && before.bounds.every((b, i) => b === delta.bounds[i]);
    if (!isSame) return delta;
    const counts = delta.counts.map((count, i) => count + (before.counts[i] ?? 0));
    return { ...delta, ...totals(before, delta), counts };
  }
  if (before.kind === 'exponential' && delta.kind === 'exponential') return addedExponential(before, delta);
  return delta;
}

/** At the scale of the coarser one, or at one where all buckets together are few. */
function addedExponential(before: ExponentialValue, delta: ExponentialValue): ExponentialValue {
  let [a, b] = [before, delta];
  while (a.scale > b.scale) a = halved(a);
  while (b.scale > a.scale) b = halved(b);
  while (Math.max(span(a.positive, b.positive), span(a.negative, b.negative)) > MAX_BUCKETS)
    [a, b] = [halved(a), halved(b)];
  return {
    ...b,
    ...totals(a, b),
    zeroCount: a.zeroCount + b.zeroCount,
    zeroThreshold: Math.max(a.zeroThreshold, b.zeroThreshold),
    positive: union(a.positive, b.positive),
    negative: union(a.negative, b.negative),
  };
}

/** As many as an SDK keeps. */
const MAX_BUCKETS = 160;

function span(a: Buckets, b: Buckets): number {
  const { offset, end } = extent(a, b);
  return end - offset;
}

function extent(a: Buckets, b: Buckets): { offset: number; end: number } {
  const filled = [a, b].filter(({ counts }) => counts.length > 0);
  const offset = Math.min(...filled.map((one) => one.offset));
  return filled.length === 0 ? { offset: 0, end: 0 } : { offset, end: Math.max(...filled.map(endOf)) };
}

function endOf({ offset, counts }: Buckets): number {
  return offset + counts.length;
}

function union(a: Buckets, b: Buckets): Buckets {
  const { offset, end } = extent(a, b);
  const at = ({ offset: from, counts }: Buckets, index: number) => counts[index - from] ?? 0;
  const counts = Array.from({ length: end - offset }, (_, i) => at(a, offset + i) + at(b, offset + i));
  return { offset, counts };
}

function totals(
  a: { count: number; sum?: number },
  b: { count: number; sum?: number },
): { count: number; sum?: number } {
  const { sum } = b;
  return { count: a.count + b.count, ...(sum !== undefined && { sum: sum + (a.sum ?? 0) }) };
}
