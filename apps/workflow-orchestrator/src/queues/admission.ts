import { Injectable } from '@nestjs/common';
import type { ExecutionRow } from '../executions/execution.entities.js';
import { capabilityIn, openedCalls, type Move, type OpenedCall } from '../executions/move.js';
import type { Change, Transition } from '../machine/machine.js';
import type { Plan } from '../machine/plan.js';
import type { Frame } from '../machine/state.js';
import { OrchestratorConfig } from '../orchestrator.config.js';
import type { LimitKey } from './grant.repository.js';
import { Places } from './grants.js';
import { laneNames, Lanes } from './lanes.js';
import { queuedAfter, queueingOf, trafficOf, type Freed } from './queueing.js';

/** So many frames of an execution are opened by those that a worker does one after the other while others wait. */
const MAX_RUN = 8;
const MOST_URGENT = 1;

/** What a change makes of an execution, before it is written. */
export interface Step {
  before: ExecutionRow;
  change: Change;
  transition: Transition;
}

/** Decides of every call that is opened whether it goes to the workers at once or waits in the queue. */
@Injectable()
export class Admission {
  private readonly strides: ReadonlyMap<string, number>;
  private freed: Freed[] = [];
  private wake = Promise.withResolvers<void>();

  constructor(
    private readonly lanes: Lanes,
    { workspaceWeights }: OrchestratorConfig,
  ) {
    this.strides = new Map(workspaceWeights.map((pair) => pair.split('=')).map(([id = '', w]) => [id, 1 / Number(w)]));
  }

  /** The keys of the calls that a transition opens where nobody waits: their counters are to be held while it is written. */
  limitKeysOf(plan: Plan, { before, transition, change }: Step): LimitKey[] {
    const opened = openedCalls(transition).filter(
      (frame) => frame.limits && !this.lanes.hasBacklog(capabilityIn(plan, frame)),
    );
    if (opened.length === 0) return [];
    const { workspaceId } = before;
    const limits = [...opened, ...endedBy(before, change)].flatMap((frame) => frame.limits ?? []);
    return limits.map(({ key }) => ({ workspaceId, key }));
  }

  /** The move with what it does to the queue, in its own statement. */
  plan(plan: Plan, before: ExecutionRow, move: Move, places = new Places(before.workspaceId)): Move {
    const { opened, closed } = trafficOf(plan, before, move);
    for (const { capability } of closed) this.lanes.left(capability);
    const judged = opened.map((call) => ({
      ...call,
      granted: this.enter(call, call.frame.id === move.next?.id, places),
    }));
    const queues = judged.filter(({ frame, granted }) => !granted || frame.limits);
    const queueing = queueingOf(plan, before, move, queues, this.strides.get(before.workspaceId) ?? 1);
    if (!queueing) {
      if (closed.some(({ capability }) => this.lanes.hasBacklog(capability))) this.kick();
      return move;
    }
    return { ...move, queueing, after: { ...move.after, queued: queuedAfter(before, queueing) } };
  }

  /**
   * May a worker that has done a step go on with that one, though it was not admitted? While others wait only for a few
   * steps, and if none of them is more urgent. `held`: the step whose task the worker has.
   */
  goesOn({ frame, capability }: OpenedCall, priority: number, held: number, places: Places): boolean {
    const isNext =
      !this.lanes.hasBacklog(capability) || (this.lanes.isFirst(capability, priority) && frame.id - held <= MAX_RUN);
    return isNext && places.take(frame);
  }

  /** After the commit of a move that had to do with the queue. */
  committed({ queueing }: Move): void {
    if (!queueing) return;
    this.freed.push(...queueing.freed);
    for (const { lane, priority, granted } of queueing.calls) if (!granted) this.lanes.queued(lane, priority);
    // Whatever was parked waits again.
    if (queueing.park === false) for (const lane of laneNames) this.lanes.queued(lane, MOST_URGENT);
    this.kick();
  }

  /** Some of what waits for these keys may begin now. */
  release(freed: readonly Freed[]): void {
    this.freed.push(...freed);
    this.kick();
  }

  takeFreed(): Freed[] {
    return this.freed.splice(0);
  }

  kick(): void {
    this.wake.resolve();
  }

  /** Resolves when there may be something to admit. */
  async kicked(signal: AbortSignal): Promise<void> {
    const stop = () => this.kick();
    signal.addEventListener('abort', stop, { once: true });
    await this.wake.promise;
    signal.removeEventListener('abort', stop);
    this.wake = Promise.withResolvers();
  }

  /** One that a worker goes on with, or one that its limits let begin when its lane has room and nobody waits there. */
  private enter({ frame, capability }: OpenedCall, isHandedOver: boolean, places: Places): boolean {
    if (!isHandedOver && !(this.lanes.goesStraight(capability) && places.take(frame))) return false;
    this.lanes.entered(capability);
    return true;
  }
}

/** Does the call that a move has opened go to the workers without waiting in the queue? */
export function goesStraight({ after, queueing }: Move, { id }: Frame): boolean {
  return !after.queued?.includes(id) || queueing?.calls.some(({ frame, granted }) => frame === id && granted) === true;
}

/** The call whose attempt a report ends, if it holds a place in the queue. */
export function endedBy({ state, queued }: ExecutionRow, change: Change): Frame[] {
  const frame = change.kind === 'report' && queued?.includes(change.frame) ? state.frames[change.frame] : undefined;
  return frame ? [frame] : [];
}
