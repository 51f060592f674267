import { AsyncLocalStorage } from 'node:async_hooks';
import type { Frame, Recorder, Translated } from './recorder.js';

interface Leg {
  readonly recorder: Recorder;
  readonly upstream?: string;
}

const legs = new AsyncLocalStorage<Leg | undefined>();

export function runRecorded<T>(recorder: Recorder, work: () => T): T {
  return legs.run({ recorder }, work);
}

/** Runs `work` as what is said to one upstream. */
export function withUpstream<T>(upstream: string, work: () => T): T {
  const leg = legs.getStore();
  return leg ? legs.run({ ...leg, upstream }, work) : work();
}

/** Runs `work` as part of no exchange: what it begins goes on for others. */
export function unrecorded<T>(work: () => T): T {
  return legs.getStore() ? legs.run(undefined, work) : work();
}

export function recordFrame(frame: Pick<Frame, 'peer' | 'direction' | 'method' | 'revision'>, message: object): void {
  const leg = legs.getStore();
  if (!leg) return;
  const { recorder, upstream } = leg;
  const named = frame.peer === 'upstream' && upstream !== undefined && { upstream };
  recorder.add({ ...frame, ...named, message: { ...message }, rules: [] });
}

export function recordTranslated(translated: Translated): void {
  const leg = legs.getStore();
  leg?.recorder.translated(translated, leg.upstream);
}
