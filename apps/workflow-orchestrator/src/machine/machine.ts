import { control, type Control } from './control.js';
import { deliver } from './deliver.js';
import { executionError, reportedError, type ExecutionError } from './error.js';
import { behaviours, kinds } from './kinds/index.js';
import { heldBack } from './limits.js';
import type { Plan } from './plan.js';
import { reopen } from './reopen.js';
import type { Started } from './scope.js';
import { copyOf, emptyState, framesOf, type Frame, type MachineState, type MachineStatus } from './state.js';
import type { CloudEvent } from './cloud-event.js';
import { Walk, type Moment, type StepChange } from './walk.js';

/** The time at which a schedule started it, and since when it had missed others before. */
export interface Scheduled {
  dueAt: string;
  missedFrom?: string;
}

/** What may happen to an execution. */
export type Change =
  | { kind: 'start'; schedule?: Scheduled }
  /** It began with what another execution had done before a step. */
  | { kind: 'fork'; of: string; frame: number }
  /** Its limits let it begin. */
  | { kind: 'admit' }
  /** Time has passed. */
  | { kind: 'tick' }
  | {
      kind: 'report';
      frame: number;
      attempt: number;
      outcome: 'completed' | 'failed';
      output?: unknown;
      error?: Record<string, unknown>;
      /** The trace context of an attempt that failed. */
      traceparent?: string;
    }
  /** A worker begins an attempt that must not be begun twice. */
  | { kind: 'begin'; frame: number; attempt: number }
  /** The task of a step cannot be brought to a worker. */
  | { kind: 'undeliverable'; frame: number; detail: string }
  /** An execution that a task started has ended, or, when it is not waited for, has begun. */
  | { kind: 'child'; frame: number; output?: unknown; error?: ExecutionError }
  | { kind: 'event'; event: CloudEvent }
  | Control;

export interface Transition {
  state: MachineState;
  status: MachineStatus;
  output?: unknown;
  error?: ExecutionError;
  /** What happened, in order. */
  changes: StepChange[];
  emitted: CloudEvent[];
  /** Frames that went away unfinished: their tasks, children and timers are not wanted any more. */
  dropped: Frame[];
  moment: Moment;
}

/** The first transition of an execution. Pure, like `advance`. */
export function begin(plan: Plan, started: Started, moment: Moment): Transition {
  const walk = new Walk(plan, started, emptyState(), moment, behaviours);
  walk.run(() => walk.openWorkflow());
  return transitionOf(walk);
}

/** The first transition of an execution that goes on from the state of another one: the tasks that are open are opened. */
export function resumeFrom(plan: Plan, started: Started, state: MachineState, moment: Moment): Transition {
  const walk = new Walk(plan, started, copyOf(state), moment, behaviours);
  const root = framesOf(walk.state).find(({ parent }) => parent === null);
  if (state.limits && root) root.waits = 'admission';
  else walk.run(() => reopenAll(walk));
  return transitionOf(walk);
}

/** What a change makes of an execution; undefined when it changes nothing (any more). Nothing is read or written. */
export function advance(
  plan: Plan,
  started: Started,
  state: MachineState,
  change: Change,
  moment: Moment,
): Transition | undefined {
  const walk = new Walk(plan, started, copyOf(state), moment, behaviours);
  const work = workOf(walk, change);
  if (!work) return undefined;
  walk.run(work);
  return transitionOf(walk);
}

/** Is that attempt one the execution waits for? */
export function isOpen(state: MachineState, asked: { frame: number; attempt: number }): boolean {
  const frame = state.frames[asked.frame];
  return frame !== undefined && isAtWork(frame) && frame.attempt === asked.attempt;
}

/** A call that a worker has, or that is on its way to one, if only in a queue. */
export function isAtWork(frame: Frame): boolean {
  return frame.kind === 'call' && (frame.waits === undefined || frame.waits === 'decision');
}

/** When something is to happen by itself; undefined when nothing is. */
export function nextTime({ frames, paused }: MachineState): Date | undefined {
  if (paused) return undefined;
  const times = Object.values(frames).flatMap(({ wakeAt, timeoutAt }) =>
    [wakeAt, timeoutAt].filter((t) => t !== undefined),
  );
  return times.length === 0 ? undefined : new Date(times.reduce((a, b) => (a < b ? a : b)));
}

function workOf(walk: Walk, change: Change): (() => void) | undefined {
  switch (change.kind) {
    case 'start':
    case 'fork':
      return undefined;
    case 'admit': {
      const root = heldBack(walk.state);
      return root && (() => admit(walk, root));
    }
    case 'tick':
      return tick(walk);
    case 'report':
      return report(walk, change);
    case 'begin': {
      const frame = isOpen(walk.state, change) ? walk.frame(change.frame) : undefined;
      if (!frame || frame.own?.begun === change.attempt) return undefined;
      return () => void (frame.own = { ...frame.own, begun: change.attempt });
    }
    case 'undeliverable': {
      const frame = walk.frame(change.frame);
      return frame && (() => walk.fail(frame, executionError('configuration', frame.ref, change.detail)));
    }
    case 'child':
      return child(walk, change);
    case 'event': {
      const waiting = framesOf(walk.state).filter(({ waits }) => waits === 'event');
      return waiting.length === 0 ? undefined : () => deliver(walk, change.event);
    }
    default:
      return control(walk, change);
  }
}

/** Begins, or goes on from where another execution was. */
function admit(walk: Walk, root: Frame): void {
  delete root.waits;
  if (walk.below(root).length === 0) walk.enterNext(root);
  else reopenAll(walk);
}

function reopenAll(walk: Walk): void {
  for (const frame of framesOf(walk.state)) reopen(walk, frame);
}

function report(walk: Walk, change: Extract<Change, { kind: 'report' }>): (() => void) | undefined {
  const frame = isOpen(walk.state, change) ? walk.frame(change.frame) : undefined;
  if (!frame) return undefined;
  delete frame.waits;
  if (change.outcome === 'completed') return () => walk.complete(frame, change.output ?? null);
  if (change.traceparent) frame.previous = change.traceparent;
  return () => kinds.call.failed(walk, frame, reportedError(change.error, frame.ref));
}

function child(walk: Walk, { frame: id, output, error }: Extract<Change, { kind: 'child' }>): (() => void) | undefined {
  const frame = walk.frame(id);
  if (frame?.kind !== 'run') return undefined;
  return () => (error ? walk.fail(frame, { ...error, instance: frame.ref }) : walk.complete(frame, output ?? null));
}

function tick(walk: Walk): (() => void) | undefined {
  const now = walk.moment.now.toISOString();
  const due = framesOf(walk.state).filter(
    ({ wakeAt, timeoutAt }) => (wakeAt !== undefined && wakeAt <= now) || (timeoutAt !== undefined && timeoutAt <= now),
  );
  if (due.length === 0 || walk.state.paused) return undefined;
  return () => due.forEach((frame) => walk.later(() => wake(walk, frame, now)));
}

function wake(walk: Walk, frame: Frame, now: string): void {
  if (!walk.frame(frame.id)) return;
  if (frame.timeoutAt !== undefined && frame.timeoutAt <= now) return timeOut(walk, frame);
  walk.guarded(frame, () => behaviours[frame.kind].wake?.(walk, frame));
}

function timeOut(walk: Walk, frame: Frame): void {
  delete frame.timeoutAt;
  if (frame.waits === 'approval') {
    return walk.fail(frame, executionError('authorization', frame.ref, 'nobody approved in time'));
  }
  const error = executionError('timeout', frame.ref, `it took longer than it may, since ${frame.startedAt}`);
  // The worker may have acted all the same.
  if (frame.kind === 'call') kinds.call.failed(walk, frame, { ...error, outcomeUnknown: true });
  else walk.fail(frame, error);
}

function transitionOf({ state, ended, changes, emitted, dropped, moment }: Walk): Transition {
  return { state, status: ended?.status ?? statusOf(state), ...ended, changes, emitted, dropped, moment };
}

function statusOf(state: MachineState): MachineStatus {
  if (state.paused) return 'suspended';
  const frames = Object.values(state.frames);
  if (frames.some(({ waits }) => waits === 'decision')) return 'needs-decision';
  if (state.undoing) return 'compensating';
  return frames.some(({ kind, waits }) => (kind === 'call' || kind === 'run') && waits === undefined)
    ? 'running'
    : 'waiting';
}
