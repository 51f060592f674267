import type { CloudEvent } from './cloud-event.js';
import { deliver } from './deliver.js';
import { executionError } from './error.js';
import { kinds } from './kinds/index.js';
import { framesOf, type Frame } from './state.js';
import type { Walk } from './walk.js';

/** What a person may do to an execution; `by` is who. */
export type Control = { by: string } & (
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'cancel' }
  /** An event for this execution alone; it is kept until a task waits for it. */
  | { kind: 'signal'; event: CloudEvent }
  /** Tries again now what would be tried later. */
  | { kind: 'retry'; frame: number }
  /** Leaves a task out; its output is its input unless another one is given. */
  | { kind: 'skip'; frame: number; output?: unknown }
  /** Gives a task that waits another input. */
  | { kind: 'edit'; frame: number; input: unknown }
  | { kind: 'approve'; frame: number; approved: boolean; form?: unknown }
  /** Settles an attempt that nobody knows the outcome of. */
  | { kind: 'decide'; frame: number; decision: 'completed' | 'retry' | 'failed'; output?: unknown }
);

/** What the control makes happen; undefined when it does not apply. */
export function control(walk: Walk, change: Control): (() => void) | undefined {
  const { state } = walk;
  switch (change.kind) {
    case 'pause':
      return state.paused || state.undoing ? undefined : () => void (state.paused = true);
    case 'resume':
      return state.paused ? () => resume(walk) : undefined;
    case 'cancel':
      return state.undoing ? undefined : () => cancel(walk);
    case 'signal':
      return signal(walk, change.event);
    case 'retry':
      return whenWaiting(walk, change.frame, ['retry'], (frame) => void (frame.wakeAt = walk.after(0)));
    case 'skip':
      return skip(walk, change);
    case 'edit':
      return whenWaiting(walk, change.frame, ['resume', 'retry', 'approval', 'decision'], (frame) =>
        edit(walk, frame, change.input),
      );
    case 'approve':
      return whenWaiting(walk, change.frame, ['approval'], (frame) => approve(walk, frame, change));
    case 'decide':
      return whenWaiting(walk, change.frame, ['decision'], (frame) => decide(walk, frame, change));
    default: {
      const unknown: never = change;
      return unknown;
    }
  }
}

const MAX_INBOX = 100;

function signal(walk: Walk, event: CloudEvent): (() => void) | undefined {
  const { inbox = [] } = walk.state;
  if (inbox.length >= MAX_INBOX || walk.state.undoing || inbox.some(({ id }) => id === event.id)) return undefined;
  return () => {
    if (!deliver(walk, event)) walk.state.inbox = [...inbox, event];
  };
}

function whenWaiting(
  walk: Walk,
  id: number,
  waits: readonly Frame['waits'][],
  work: (frame: Frame) => void,
): (() => void) | undefined {
  const frame = walk.frame(id);
  return frame?.waits !== undefined && waits.includes(frame.waits) ? () => work(frame) : undefined;
}

/** What was entered while it was paused begins now. */
function resume(walk: Walk): void {
  delete walk.state.paused;
  for (const frame of framesOf(walk.state)) {
    if (frame.waits === 'resume') walk.later(() => walk.frame(frame.id) && beginPaused(walk, frame));
  }
}

/** What was approved in the meantime is not asked about again. */
function beginPaused(walk: Walk, frame: Frame): void {
  if (frame.vars?.approval === undefined) return walk.begin(frame);
  delete frame.waits;
  walk.guarded(frame, () => walk.enterKind(frame, walk.node(frame)));
}

function cancel(walk: Walk): void {
  delete walk.state.paused;
  for (const frame of framesOf(walk.state)) {
    if ((frame.kind === 'call' || frame.kind === 'run') && !walk.mayBeDone(frame)) walk.record(frame, 'cancelled');
  }
  walk.undoOr('cancelled');
}

function skip(walk: Walk, change: Extract<Control, { kind: 'skip' }>): (() => void) | undefined {
  const frame = walk.frame(change.frame);
  if (!frame || frame.kind === 'list' || frame.kind === 'undo') return undefined;
  const output = 'output' in change ? change.output : frame.data;
  return () => {
    for (const child of walk.below(frame)) walk.discard(child);
    walk.record(frame, 'skipped', { output });
    walk.leave(frame, output);
  };
}

/** The arguments of a call are made of its input again, unless its input is not settled yet. */
function edit(walk: Walk, frame: Frame, input: unknown): void {
  frame.data = input;
  const { task } = walk.node(frame);
  if (frame.kind === 'call' && frame.own) {
    walk.guarded(frame, () => void (frame.own = { with: walk.evaluate(frame, task.with ?? {}, input) }));
  }
}

function approve(walk: Walk, frame: Frame, { approved, form, by }: Extract<Control, { kind: 'approve' }>): void {
  delete frame.waits;
  delete frame.timeoutAt;
  if (!approved) return walk.fail(frame, executionError('authorization', frame.ref, `refused by ${by}`));
  frame.vars = { ...frame.vars, approval: { by, form: form ?? null } };
  frame.waits = 'resume';
  if (!walk.state.paused) beginPaused(walk, frame);
}

function decide(walk: Walk, frame: Frame, { decision, output, by }: Extract<Control, { kind: 'decide' }>): void {
  delete frame.waits;
  if (decision === 'completed') return walk.complete(frame, output ?? null);
  if (decision === 'retry') {
    // The next attempt is due at once, unless the execution is paused.
    frame.waits = 'retry';
    frame.wakeAt = walk.after(0);
    if (!walk.state.paused) kinds.call.wake?.(walk, frame);
    return;
  }
  walk.fail(frame, executionError('runtime', frame.ref, `declared failed by ${by}`));
}
