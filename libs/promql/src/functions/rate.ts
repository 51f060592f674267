import { extendedChange } from './extended-rate.js';
import type { OverTime, Window } from './window.js';

export const rate: OverTime = (window) => change(window, true, true);
export const increase: OverTime = (window) => change(window, true, false);
export const delta: OverTime = (window) => change(window, false, false);

function change(window: Window, isCounter: boolean, perSecond: boolean): number | undefined {
  if (!window.extension) return extrapolated(window, isCounter, perSecond);
  const whole = extendedChange(window, isCounter);
  return whole === undefined || !perSecond ? whole : whole / (window.rangeMs / 1_000);
}

/**
 * The change between the first and the last sample, extended to the window's ends if they are no farther from the samples than
 * these from each other, or else by half of their distance. A counter is not extended below zero. The order of the operations
 * is Prometheus's, so that results are the same to the last bit and what compares them sees no difference.
 */
function extrapolated(window: Window, isCounter: boolean, perSecond: boolean): number | undefined {
  const { from, to } = window;
  if (to - from < 2) return undefined;
  const [first, last] = [from, to - 1];
  let result = window.value(last) - window.value(first);
  if (isCounter && window.mayFall) result += lostByResets(window, first, last);
  const sampled = (window.time(last) - window.time(first)) / 1_000;
  const average = sampled / (last - first);
  const toStart = (window.time(first) - window.startMs) / 1_000;
  const toEnd = (window.endMs - window.time(last)) / 1_000;
  const toZero =
    isCounter && result > 0 && window.value(first) >= 0 ? sampled * (window.value(first) / result) : Infinity;
  const near = (seconds: number): number => (seconds < average * 1.1 ? seconds : average / 2);
  const before = window.compat === '2.x' ? near(Math.min(toStart, toZero)) : Math.min(near(toStart), toZero);
  const factor = (sampled + before + near(toEnd)) / sampled;
  return result * (perSecond ? factor / (window.rangeMs / 1_000) : factor);
}

function lostByResets({ values }: Window, first: number, last: number): number {
  let lost = 0;
  for (let i = first + 1; i <= last; i++) {
    if ((values[i] as number) < (values[i - 1] as number)) lost += values[i - 1] as number;
  }
  return lost;
}
