import type { OverTime, Window } from './window.js';

export const irate: OverTime = (window) => lastChange(window, true);
export const idelta: OverTime = (window) => lastChange(window, false);

/** The change between the last two samples. */
function lastChange(window: Window, isCounter: boolean): number | undefined {
  if (window.count < 2) return undefined;
  const [before, last] = [window.to - 2, window.to - 1];
  const [a, b] = [window.value(before), window.value(last)];
  const difference = isCounter && b < a ? b : b - a;
  return isCounter ? difference / ((window.time(last) - window.time(before)) / 1_000) : difference;
}
