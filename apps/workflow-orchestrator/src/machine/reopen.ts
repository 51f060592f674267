import { kinds } from './kinds/index.js';
import type { Frame } from './state.js';
import type { Walk } from './walk.js';

/** What is open in an execution that goes on from the state of another one: times begin anew, and calls are its own. */
export function reopen(walk: Walk, frame: Frame): void {
  if (!walk.frame(frame.id)) return;
  const { timeoutAt, wakeAt, startedAt, kind, waits } = frame;
  const shifted = (time: string) => walk.after(Date.parse(time) - Date.parse(startedAt));
  frame.startedAt = walk.after(0);
  delete frame.calledAt;
  delete frame.previous;
  if (timeoutAt) frame.timeoutAt = shifted(timeoutAt);
  if (wakeAt && kind === 'wait') frame.wakeAt = shifted(wakeAt);
  if (waits !== undefined && waits !== 'resume') {
    walk.record(frame, 'waiting', { waits, until: frame.wakeAt, input: frame.data });
  }
  if ((kind !== 'call' && kind !== 'run') || waits !== undefined) return;
  walk.guarded(frame, () => {
    if (timeoutAt) walk.limit(frame);
    kinds[kind].enter?.(walk, frame, walk.node(frame));
  });
}
