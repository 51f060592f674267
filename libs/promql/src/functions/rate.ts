import { extendedChange } from './extended-rate.js';
import type { OverTime, Window } from './window.js';

export const rate: OverTime = (window) => change(window, true, true);
export const increase: OverTime = (window) => change(window, true, false);
export const delta: OverTime = (window) => change(window, false, false);

export const irate: OverTime = (window) => lastChange(window, true);
export const idelta: OverTime = (window) => lastChange(window, false);

function change(window: Window, isCounter: boolean, perSecond: boolean): number | undefined {
  const whole = window.extension ? extendedChange(window, isCounter) : extrapolated(window, isCounter);
  return whole === undefined || !perSecond ? whole : whole / (window.rangeMs / 1_000);
}

/**
 * The change between the first and the last sample, extended to the window's ends if they are no farther from the samples than
 * these from each other, or else by half of their distance. A counter is not extended below zero.
 */
function extrapolated(window: Window, isCounter: boolean): number | undefined {
  const { from, to } = window;
  if (to - from < 2) return undefined;
  const [first, last] = [from, to - 1];
  let result = window.value(last) - window.value(first);
  if (isCounter) result += lostByResets(window, first, last);
  const sampledMs = window.time(last) - window.time(first);
  const averageMs = sampledMs / (last - first);
  const toStartMs = window.time(first) - window.startMs;
  const toEndMs = window.endMs - window.time(last);
  const zeroMs =
    isCounter && result > 0 && window.value(first) >= 0 ? sampledMs * (window.value(first) / result) : Infinity;
  const near = (ms: number): number => (ms < averageMs * 1.1 ? ms : averageMs / 2);
  const startMs = window.compat === '2.x' ? near(Math.min(toStartMs, zeroMs)) : Math.min(near(toStartMs), zeroMs);
  return result * ((sampledMs + startMs + near(toEndMs)) / sampledMs);
}

function lostByResets({ values }: Window, first: number, last: number): number {
  let lost = 0;
  for (let i = first + 1; i <= last; i++) {
    if ((values[i] as number) < (values[i - 1] as number)) lost += values[i - 1] as number;
  }
  return lost;
}

/** The change between the last two samples. */
function lastChange(window: Window, isCounter: boolean): number | undefined {
  if (window.count < 2) return undefined;
  const [before, last] = [window.to - 2, window.to - 1];
  const [a, b] = [window.value(before), window.value(last)];
  const difference = isCounter && b < a ? b : b - a;
  return isCounter ? difference / ((window.time(last) - window.time(before)) / 1_000) : difference;
}
