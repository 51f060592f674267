import type { Capability, ExecutionStatus } from '@scm/contracts';
import type { Change, Transition } from '../machine/machine.js';
import { isAtWork, nextTime } from '../machine/machine.js';
import { capabilityOf, nodeAt, type Plan } from '../machine/plan.js';
import { heldBack } from '../machine/limits.js';
import { framesOf, type Frame, type MachineState } from '../machine/state.js';
import type { StepChange } from '../machine/walk.js';
import type { Queueing } from '../queues/queueing.js';
import type { Carrier, ExecutionRow, HistoryData } from './execution.entities.js';

/** A transition of an execution as its row will have it. */
export interface Move {
  /** As it was read. */
  before: Pick<ExecutionRow, 'id' | 'revision'>;
  after: ExecutionRow;
  transition: Transition;
  change: Change;
  /** Of the history row: `step.completed`, `execution.faulted` and so on. */
  type: string;
  data: HistoryData;
  /** The call among those it opened that the worker goes on with. */
  next?: Frame;
  /** What it puts into the queue and takes from it, if anything. */
  queueing?: Queueing;
}

const ENDS: readonly ExecutionStatus[] = ['completed', 'faulted', 'cancelled', 'compensation-failed'];

export function hasEnded(status: ExecutionStatus): boolean {
  return ENDS.includes(status);
}

interface Terms {
  /** How long an open call or a started execution is left alone before the sweep looks after it. */
  recheckMs: number;
  /** The step whose task the worker holds that brings the change and can go on. */
  held?: number;
  /** May the worker go on with that call, though others may wait for one? */
  goesOn?: (call: OpenedCall) => boolean;
}

/** A call that a transition brings to workers, and which of them do it. */
export interface OpenedCall {
  frame: Frame;
  capability: Capability;
}

export function moveOf(
  plan: Plan,
  before: ExecutionRow,
  change: Change,
  transition: Transition,
  { recheckMs, held, goesOn }: Terms,
): Move {
  const { state, status, output, error, changes, emitted, moment } = transition;
  const ended = hasEnded(status);
  const calls = heldBack(state) ? [] : framesOf(state).filter((frame) => isOpenCall(frame));
  const next = held === undefined ? undefined : successor(plan, before, change, transition, goesOn);
  const after: ExecutionRow = {
    ...before,
    revision: before.revision + 1,
    status,
    state,
    output: output ?? null,
    error: error ?? null,
    openCalls: calls.length > 0 ? calls.map((frame) => capabilityIn(plan, frame)) : null,
    openedAt: calls[0] ? new Date(calls[0].startedAt) : null,
    carried: carriedOf(before, calls, next && { frame: next, task: held as number }),
    listens: listensOf(plan, state.frames),
    waits: waitsOf(state.frames),
    checkAt: ended ? null : earlier(before.checkAt, checkAtOf(state, moment.now, recheckMs), moment.now),
    endedAt: ended ? moment.now : null,
  };
  const data = {
    change,
    random: moment.random,
    changes,
    ...(emitted.length > 0 && { emitted }),
    ...(change.kind === 'fork' && { state }),
    ...(ended && error && { error }),
  };
  return { before, after, transition, change, type: typeOf(change, transition), data, ...(next && { next }) };
}

/** Of the calls that a report opened the first of its own kind and cost: workers have their slots by these. */
function successor(
  plan: Plan,
  { state }: ExecutionRow,
  change: Change,
  transition: Transition,
  goesOn: Terms['goesOn'],
): Frame | undefined {
  const reported = change.kind === 'report' ? state.frames[change.frame] : undefined;
  if (!reported) return undefined;
  const [capability, cost] = [capabilityIn(plan, reported), costIn(plan, reported)];
  return openedCalls(transition).find(
    (frame) =>
      capabilityIn(plan, frame) === capability &&
      costIn(plan, frame) === cost &&
      goesOn?.({ frame, capability }) !== false,
  );
}

/** What was carried is, as long as it is the same attempt. */
function carriedOf(
  { carried }: ExecutionRow,
  calls: readonly Frame[],
  handed?: { frame: Frame; task: number },
): ExecutionRow['carried'] {
  const kept = calls.flatMap(({ id, attempt = 1 }): [string, Carrier][] => {
    if (handed?.frame.id === id) return [[String(id), { task: handed.task, attempt }]];
    const carrier = carried?.[id];
    return carrier?.attempt === attempt ? [[String(id), carrier]] : [];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : null;
}

/** The calls that a transition brings to workers. */
export function openedCalls({ state, changes }: Transition): Frame[] {
  const touched = new Set(changes.map(({ frame }) => frame));
  return openCalls({ state }).filter(({ id }) => touched.has(id));
}

/** The open call that the task of that step stands for beside its own. */
export function carriedBy(execution: ExecutionRow, task: number): Frame | undefined {
  return openCalls(execution).find((frame) => {
    const carrier = execution.carried?.[frame.id];
    return carrier?.task === task && carrier.attempt === (frame.attempt ?? 1);
  });
}

/** Frames whose task workers should have: those that work, and not those that wait for a person or a time. */
export function openCalls({ state }: Pick<ExecutionRow, 'state'>): Frame[] {
  if (heldBack(state)) return [];
  return framesOf(state).filter((frame) => isAtWork(frame) && frame.waits === undefined);
}

export function openRuns({ state }: Pick<ExecutionRow, 'state'>): Frame[] {
  if (heldBack(state)) return [];
  return framesOf(state).filter(({ kind, waits }) => kind === 'run' && waits === undefined);
}

/** Also a call that waits for its next attempt is work that workers have before them. */
function isOpenCall({ kind, waits }: Frame): boolean {
  return kind === 'call' && (waits === undefined || waits === 'retry');
}

export function capabilityIn(plan: Plan, frame: Frame): Capability {
  return capabilityOf(nodeAt(plan, frame.ref).task.call ?? '');
}

function costIn(plan: Plan, { ref }: Frame): number {
  return nodeAt(plan, ref).task.metadata?.scm?.cost ?? 1;
}

/** When an execution needs to be looked at; null when nothing happens by itself. */
export function checkAtOf(state: MachineState, now: Date, recheckMs: number): Date | null {
  const next = nextTime(state);
  const isWatched = heldBack(state) ?? (openCalls({ state }).length > 0 || openRuns({ state }).length > 0);
  const recheck = new Date(now.getTime() + recheckMs);
  if (!isWatched) return next ?? null;
  return next && next < recheck ? next : recheck;
}

/** A check that is set stays when it comes early enough: to move it is dear, as it is indexed. */
function earlier(set: Date | null, wanted: Date | null, now: Date): Date | null {
  return set && set > now && !(wanted && wanted < set) ? set : wanted;
}

function listensOf(plan: Plan, frames: Readonly<Record<string, Frame>>): string[] | null {
  const types = Object.values(frames)
    .filter(({ waits }) => waits === 'event')
    .flatMap((frame) => typesIn(nodeAt(plan, frame.ref).task.listen?.to));
  return types.length > 0 ? [...new Set(types)] : null;
}

function waitsOf(frames: Readonly<Record<string, Frame>>): string[] | null {
  const waits = Object.values(frames).flatMap(({ waits }) => waits ?? []);
  return waits.length > 0 ? [...new Set(waits)] : null;
}

/** Every literal type among the filters; anything else may match any event. */
function typesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.length === 0 ? ['*'] : value.flatMap(typesIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('with' in value) {
    const { type } = value.with as { type?: unknown };
    return [typeof type === 'string' && !type.includes('${') ? type : '*'];
  }
  return Object.values(value).flatMap(typesIn);
}

/** What a transition is told by: what became of a step tells more than which one begins. */
export function changeShown(changes: readonly StepChange[]): StepChange | undefined {
  return changes.findLast(({ status }) => status !== 'running') ?? changes.at(-1);
}

function typeOf(change: Change, { status, changes }: Transition): string {
  if (hasEnded(status)) return `execution.${status}`;
  if (change.kind === 'start') return 'execution.started';
  if ('by' in change) return `execution.${change.kind}`;
  const last = changeShown(changes);
  if (!last) return `execution.${change.kind}`;
  if (last.status === 'running') return change.kind === 'tick' ? 'step.retried' : 'step.running';
  return `step.${last.waits === 'retry' ? 'retrying' : last.status}`;
}
