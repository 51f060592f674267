import type { ExecutionError } from './error.js';
import type { CloudEvent } from './cloud-event.js';
import type { Limit } from './limits.js';
import type { TaskKind } from './plan.js';

/**
 * One thing under way: a task, a list of tasks, or the undoing of what was done. Frames form a tree by `parent`. Times are
 * ISO 8601, since a state is JSON.
 */
export interface Frame {
  id: number;
  parent: number | null;
  kind: TaskKind | 'list' | 'undo';
  /** JSON pointer of the task or list. */
  ref: string;
  /** Of a list what its next task gets, of a task its input. */
  data: unknown;
  /** Of a list the position, of a loop the item it is at. */
  index?: number;
  /** The place of a branch among those beside it. */
  branch?: number;
  /** What the tasks below see as `$name`. */
  vars?: Record<string, unknown>;
  /** Of a call and of a try, from 1. */
  attempt?: number;
  startedAt: string;
  /** Of a call: when its present attempt was opened, if that was later. */
  calledAt?: string;
  /** Of a call: the trace context of its attempt before. */
  previous?: string;
  /** When it goes on by itself. */
  wakeAt?: string;
  /** When it has taken too long. */
  timeoutAt?: string;
  /** Why it does not go on: nothing here means it works, or that tasks below it do. */
  waits?: 'retry' | 'timer' | 'event' | 'approval' | 'decision' | 'resume' | 'admission';
  /** Of a call: what it must be admitted by before each attempt. */
  limits?: Limit[];
  /** What its kind keeps. */
  own?: Record<string, unknown>;
}

/** A step that was done and can be undone. */
export interface Undo {
  frame: number;
  ref: string;
  input: unknown;
  output: unknown;
}

/** Everything an execution needs to go on. */
export interface MachineState {
  next: number;
  context: unknown;
  frames: Record<string, Frame>;
  /** What was done and can be undone, the last one last. */
  undo: Undo[];
  /** Signals that nobody has listened for yet. */
  inbox?: CloudEvent[];
  paused?: boolean;
  /** What the execution as a whole must be admitted by before it begins. */
  limits?: Limit[];
  /** Why it is being undone, and what it ends as after that. */
  undoing?: { status: 'faulted' | 'cancelled'; error?: ExecutionError };
}

export type MachineStatus =
  | 'running'
  | 'waiting'
  | 'suspended'
  | 'compensating'
  | 'needs-decision'
  | 'completed'
  | 'faulted'
  | 'cancelled'
  | 'compensation-failed';

export function emptyState(): MachineState {
  return { next: 1, context: null, frames: {}, undo: [] };
}

/** Frames are copied before they change, so that a state stays what it was. */
export function copyOf(state: MachineState): MachineState {
  const frames = Object.fromEntries(Object.entries(state.frames).map(([id, frame]) => [id, { ...frame }]));
  return { ...state, frames, undo: [...state.undo] };
}

/** In the order in which they were opened. */
export function framesOf({ frames }: MachineState): Frame[] {
  return Object.values(frames).sort((a, b) => a.id - b.id);
}
