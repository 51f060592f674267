import { PromqlError } from '../syntax/promql-error.js';
import type { OverTime } from './window.js';

/** Holt's linear smoothing: the arguments say how much the newest value, and the newest trend, count. */
export const doubleExponentialSmoothing: OverTime = (window) => {
  const [level, trend] = [factor('smoothing', 'sf', window.arg(0)), factor('trend', 'tf', window.arg(1))];
  if (window.count < 2) return undefined;
  let [before, smoothed] = [0, window.value(window.from)];
  let slope = window.value(window.from + 1) - smoothed;
  for (let i = window.from + 1; i < window.to; i++) {
    if (i > window.from + 1) slope = trend * (smoothed - before) + (1 - trend) * slope;
    [before, smoothed] = [smoothed, level * window.value(i) + (1 - level) * (smoothed + slope)];
  }
  return smoothed;
};

function factor(what: string, symbol: string, value: number): number {
  if (value > 0 && value < 1) return value;
  throw new PromqlError(`invalid ${what} factor. Expected: 0 < ${symbol} < 1, got: ${value.toFixed(6)}`);
}
