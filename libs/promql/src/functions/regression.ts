import { KahanSum } from '../values/kahan.js';
import type { OverTime, Window } from './window.js';

export const deriv: OverTime = (window) =>
  window.count < 2 ? undefined : regression(window, window.time(window.from)).slope;

export const predictLinear: OverTime = (window) => {
  if (window.count < 2) return undefined;
  const { slope, intercept } = regression(window, window.timeMs);
  return slope * window.arg(0) + intercept;
};

/** The line of least squares: its slope per second, and its value at a time. */
function regression(window: Window, atMs: number): { slope: number; intercept: number } {
  const [x, y, xy, xx] = [new KahanSum(), new KahanSum(), new KahanSum(), new KahanSum()];
  const { count } = window;
  const first = window.value(window.from);
  let isConstant = true;
  for (let i = window.from; i < window.to; i++) {
    const [value, seconds] = [window.value(i), (window.time(i) - atMs) / 1_000];
    isConstant &&= i === window.from || value === first;
    x.add(seconds);
    y.add(value);
    xy.add(seconds * value);
    xx.add(seconds * seconds);
  }
  if (isConstant) return Math.abs(first) === Infinity ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: first };
  const [sumX, sumY] = [x.sum + x.lost, y.sum + y.lost];
  const covariance = xy.sum + xy.lost - (sumX * sumY) / count;
  const variance = xx.sum + xx.lost - (sumX * sumX) / count;
  const slope = covariance / variance;
  return { slope, intercept: sumY / count - (slope * sumX) / count };
}
