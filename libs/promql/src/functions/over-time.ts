import { KahanMean } from '../values/kahan-mean.js';
import { KahanSum } from '../values/kahan.js';
import { idelta, irate } from './instant-rate.js';
import { delta, increase, rate } from './rate.js';
import { madOf, quantileOf } from './quantile.js';
import { deriv, predictLinear } from './regression.js';
import { doubleExponentialSmoothing } from './smoothing.js';
import type { OverTime, Window } from './window.js';

/** The functions that make one value of the samples in a window. */
export const overTime: ReadonlyMap<string, OverTime> = new Map<string, OverTime>([
  ['absent_over_time', () => 1],
  ['avg_over_time', avg],
  ['changes', changes],
  ['count_over_time', ({ count }) => count],
  ['delta', delta],
  ['deriv', deriv],
  ['double_exponential_smoothing', doubleExponentialSmoothing],
  ['first_over_time', (w) => w.value(w.from)],
  ['idelta', idelta],
  ['increase', increase],
  ['irate', irate],
  ['last_over_time', (w) => w.value(w.to - 1)],
  ['mad_over_time', (w) => madOf(samplesOf(w))],
  ['max_over_time', (w) => w.value(extreme(w, (a, b) => a > b))],
  ['min_over_time', (w) => w.value(extreme(w, (a, b) => a < b))],
  ['predict_linear', predictLinear],
  ['present_over_time', () => 1],
  ['quantile_over_time', (w) => quantileOf(w.arg(0), samplesOf(w))],
  ['rate', rate],
  ['resets', resets],
  ['stddev_over_time', (w) => Math.sqrt(variance(w))],
  ['stdvar_over_time', variance],
  ['sum_over_time', sum],
  ['ts_of_first_over_time', (w) => w.time(w.from) / 1_000],
  ['ts_of_last_over_time', (w) => w.time(w.to - 1) / 1_000],
  ['ts_of_max_over_time', (w) => w.time(extreme(w, (a, b) => a >= b)) / 1_000],
  ['ts_of_min_over_time', (w) => w.time(extreme(w, (a, b) => a <= b)) / 1_000],
]);

function samplesOf({ values, from, to }: Window): Float64Array {
  return values.slice(from, to);
}

function sum(window: Window): number {
  const total = new KahanSum();
  for (let i = window.from; i < window.to; i++) total.add(window.value(i));
  return total.total;
}

function avg(window: Window): number {
  const mean = new KahanMean(window.value(window.from));
  for (let i = window.from + 1; i < window.to; i++) mean.add(window.value(i));
  return mean.mean;
}

function variance(window: Window): number {
  const [mean, squares] = [new KahanSum(), new KahanSum()];
  for (let i = window.from; i < window.to; i++) {
    const value = window.value(i);
    const distance = value - (mean.sum + mean.lost);
    mean.add(distance / (i - window.from + 1));
    squares.add(distance * (value - (mean.sum + mean.lost)));
  }
  return (squares.sum + squares.lost) / window.count;
}

/** Index of the sample that beats all others; whatever comes after a NaN beats it. */
function extreme(window: Window, beats: (value: number, best: number) => boolean): number {
  let best = window.from;
  for (let i = window.from; i < window.to; i++) {
    const present = window.value(best);
    if (beats(window.value(i), present) || present !== present) best = i;
  }
  return best;
}

function changes(window: Window): number | undefined {
  return countSteps(window, (a, b) => a !== b && (a === a || b === b));
}

function resets(window: Window): number | undefined {
  return countSteps(window, (a, b) => b < a);
}

/** Between how many neighbours something holds; an anchored window begins with the last sample before it. */
function countSteps(window: Window, holds: (a: number, b: number) => boolean): number | undefined {
  let { from } = window;
  if (window.extension === 'anchored') {
    while (from + 1 < window.to && window.time(from + 1) <= window.startMs) from++;
    if (window.time(window.to - 1) <= window.startMs) return undefined;
  }
  let count = 0;
  for (let i = from + 1; i < window.to; i++) if (holds(window.value(i - 1), window.value(i))) count++;
  return count;
}
