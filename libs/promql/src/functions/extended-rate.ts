import type { Window } from './window.js';

/**
 * The change between the window's ends: with `anchored` from the last sample at or before its start, with `smoothed` between
 * values that are interpolated at both ends. The window also holds samples around it.
 */
export function extendedChange(window: Window, isCounter: boolean): number | undefined {
  const ends = endsOf(window);
  if (!ends) return undefined;
  let { first, last } = ends;
  const [left, right] = [leftOf(window, first, isCounter), rightOf(window, last, isCounter)];
  if (!isCounter) return right - left;
  if (window.time(first) <= window.startMs) first++;
  if (window.time(last) >= window.endMs) last--;
  let [lost, before] = [0, left];
  for (let i = first; i <= last; i++) {
    if (window.value(i) < before) lost += before;
    before = window.value(i);
  }
  return right - left + (right < before ? lost + before : lost);
}

/** The samples at, or around, the ends of the window; undefined if none is in it. */
export function endsOf(window: Window): { first: number; last: number } | undefined {
  let last = window.to - 1;
  let first = window.from;
  while (first < last && window.time(first + 1) <= window.startMs) first++;
  if (window.extension === 'smoothed') {
    let end = window.from;
    while (end < last && window.time(end) < window.endMs) end++;
    last = end;
  }
  if (window.time(last) <= window.startMs) return undefined;
  if (window.extension === 'smoothed' && window.time(first) > window.endMs) return undefined;
  return { first, last };
}

export function leftOf(window: Window, first: number, isCounter: boolean): number {
  const isBefore = window.extension === 'smoothed' && window.time(first) < window.startMs;
  return isBefore ? between(window, first, window.startMs, isCounter) : window.value(first);
}

export function rightOf(window: Window, last: number, isCounter: boolean): number {
  const isAfter = window.extension === 'smoothed' && last > window.from && window.time(last) > window.endMs;
  return isAfter ? between(window, last - 1, window.endMs, isCounter) : window.value(last);
}

/** The value on the line from a sample to the next; a counter that was reset begins at zero. */
function between(window: Window, index: number, timeMs: number, isCounter: boolean): number {
  const [a, b] = [window.value(index), window.value(index + 1)];
  const begin = isCounter && b < a ? 0 : a;
  const [fromMs, toMs] = [window.time(index), window.time(index + 1)];
  return begin + ((b - begin) * (timeMs - fromMs)) / (toMs - fromMs);
}
