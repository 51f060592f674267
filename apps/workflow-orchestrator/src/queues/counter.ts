import type { Limit } from '../machine/limits.js';

/** So many began up to a moment, in Unix milliseconds. */
export type Begun = [untilMs: number, count: number];

/** What is counted for one key: how many are at work, or began lately. */
export interface Counter {
  atWork: number;
  begun: Begun[];
  /** From then on nothing of `begun` counts, Unix milliseconds. */
  freeAtMs: number;
}

/** A period is counted in so many parts: a start counts until the end of its part, so never too short. */
const PARTS = 20;

/** May one more begin? */
export function hasRoom({ atWork, begun }: Counter, { limit, periodMs }: Limit, nowMs: number): boolean {
  return (periodMs === undefined ? atWork : countSince(begun, nowMs - periodMs)) < limit;
}

/** One has begun. What counts no more is forgotten. */
export function count(counter: Counter, { periodMs }: Limit, nowMs: number): void {
  if (periodMs === undefined) {
    counter.atWork++;
    return;
  }
  const partMs = Math.max(1, periodMs / PARTS);
  const untilMs = Math.ceil(Math.ceil(nowMs / partMs) * partMs);
  counter.freeAtMs = Math.max(counter.freeAtMs, untilMs + periodMs);
  counter.begun = counter.begun.filter(([until]) => until > nowMs - periodMs);
  const last = counter.begun.at(-1);
  if (last?.[0] === untilMs) last[1]++;
  else counter.begun.push([untilMs, 1]);
}

/** When a rate lets one more begin; undefined when it does already, or when only an end makes room. */
export function freeAtMs({ begun }: Counter, { limit, periodMs }: Limit, nowMs: number): number | undefined {
  if (periodMs === undefined) return undefined;
  let left = countSince(begun, nowMs - periodMs) - limit;
  if (left < 0) return undefined;
  for (const [untilMs, number] of begun.filter(([until]) => until > nowMs - periodMs)) {
    left -= number;
    if (left < 0) return untilMs + periodMs;
  }
  return undefined;
}

function countSince(begun: readonly Begun[], sinceMs: number): number {
  return begun.reduce((sum, [untilMs, number]) => (untilMs > sinceMs ? sum + number : sum), 0);
}
