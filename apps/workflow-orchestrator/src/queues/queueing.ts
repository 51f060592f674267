import type { ExecutionRow } from '../executions/execution.entities.js';
import { capabilityIn, hasEnded, openCalls, openedCalls, type Move, type OpenedCall } from '../executions/move.js';
import { heldBack, type Limit } from '../machine/limits.js';
import { nodeAt, type Plan } from '../machine/plan.js';
import type { Frame } from '../machine/state.js';
import type { LaneName } from './lanes.js';

/** The frame of an execution that waits as a whole. */
export const WHOLE = 0;
export const DEFAULT_PRIORITY = 3;

/** What a transition puts into the queue and takes from it, in its own statement. */
export interface Queueing {
  calls: QueuedCall[];
  /** Frames whose rows go. */
  released: number[];
  /** The keys of limits that they may have held. */
  freed: Freed[];
  /** Whether what waits stays where it is (a pause) or may go on. */
  park?: boolean;
}

export interface QueuedCall {
  frame: number;
  lane: LaneName;
  priority: number;
  /** How far behind the one before it: less for workspaces with more weight. */
  stride: number;
  limits?: Limit[];
  /** It has its places under the limits already, and goes to the workers at once. */
  granted?: boolean;
}

/** A key that may let so many more begin. */
export interface Freed {
  workspaceId: string;
  key: string;
  count: number;
}

/** A call that is opened, and whether it has its places under its limits already. */
export type AdmittedCall = OpenedCall & Pick<QueuedCall, 'granted'>;

/** What a transition opens and ends of the calls that workers do. */
export interface Traffic {
  opened: OpenedCall[];
  closed: OpenedCall[];
}

export function trafficOf(plan: Plan, before: Pick<ExecutionRow, 'state'>, { after, transition }: Move): Traffic {
  const was = openCalls(before);
  const wasOpen = new Set(was.map(({ id }) => id));
  const isOpen = new Set(openCalls(after).map(({ id }) => id));
  const withLane = (frame: Frame) => ({ frame, capability: capabilityIn(plan, frame) });
  return {
    opened: openedCalls(transition)
      .filter(({ id }) => !wasOpen.has(id))
      .map(withLane),
    closed: was.filter(({ id }) => !isOpen.has(id)).map(withLane),
  };
}

/**
 * `queues`: the calls among those opened that are to wait, or hold places under limits. Undefined when the queue has
 * nothing to do with it.
 */
export function queueingOf(
  plan: Plan,
  before: ExecutionRow,
  { after, change }: Move,
  queues: readonly AdmittedCall[],
  stride: number,
): Queueing | undefined {
  const { priority } = after;
  const root = before.revision === 0 ? heldBack(after.state) : undefined;
  const whole: QueuedCall = { frame: WHOLE, lane: 'execution', priority, stride, limits: after.state.limits };
  const calls = queues.map(({ frame, capability, granted }): QueuedCall => {
    const own = priorityIn(plan, after, frame);
    return { frame: frame.id, lane: capability, priority: own, stride, limits: frame.limits, granted };
  });
  const released = releasedOf(before, after);
  const park = change.kind === 'pause' ? true : change.kind === 'resume' ? false : undefined;
  if (!root && calls.length === 0 && released.length === 0 && (park === undefined || !before.queued)) return undefined;
  const freed = released
    .flatMap((frame) => (frame === WHOLE ? before.state.limits : before.state.frames[frame]?.limits) ?? [])
    .filter(({ periodMs }) => periodMs === undefined)
    .map(({ key }) => ({ workspaceId: before.workspaceId, key, count: 1 }));
  return { calls: [...(root ? [whole] : []), ...calls], released, freed, ...(park !== undefined && { park }) };
}

/** Of a call its own, else that of its execution. */
export function priorityIn(plan: Plan, { priority }: ExecutionRow, { ref }: Frame): number {
  return nodeAt(plan, ref).task.metadata?.scm?.priority ?? priority;
}

/** The frames that have rows in the queue, after it. */
export function queuedAfter({ queued }: ExecutionRow, { calls, released }: Queueing): number[] | null {
  const left = (queued ?? []).filter((frame) => !released.includes(frame));
  const all = [...left, ...calls.map(({ frame }) => frame)];
  return all.length > 0 ? all : null;
}

/** A whole execution holds its place until it has ended, a call until its attempt is over. */
function releasedOf({ queued }: ExecutionRow, after: ExecutionRow): number[] {
  if (!queued || hasEnded(after.status)) return queued ?? [];
  const open = new Set(openCalls(after).map(({ id }) => id));
  return queued.filter((frame) => frame !== WHOLE && !open.has(frame));
}
