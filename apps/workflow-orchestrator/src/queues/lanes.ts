import { Injectable } from '@nestjs/common';
import { capabilities, type Capability } from '@scm/contracts';

/** What is queued stands in the lane of its capability; executions that wait as a whole have one of their own. */
export const laneNames = [...capabilities, 'execution'] as const;
export type LaneName = (typeof laneNames)[number];

/** How long what lies ready for the workers may take them: so much later does what is urgent begin. */
const AHEAD_MS = 30;
/** Tasks that lie ready as long as no worker has said how many it does at once. */
const UNKNOWN_SLOTS = 16;
/** The urgency of a lane in which nothing waits. */
const NOTHING = Number.POSITIVE_INFINITY;
/** Executions that are admitted in one round. */
const EXECUTIONS = 200;

/** What JetStream says of the tasks of a capability. */
export interface Measured {
  /** Lies ready, or is at work. */
  inStream: number;
  /** Was given out since the consumer was made. */
  delivered: number;
}

interface Lane {
  slots?: number;
  /** Tasks a worker takes in a second. */
  rate: number;
  /** Tasks that lie ready or are at work, as far as this replica knows. */
  inStream: number;
  /** Something waits in the queue that no limit holds back. */
  hasBacklog: boolean;
  /** The most urgent priority among what waits, as far as this replica knows. */
  urgency: number;
  /** How often something was queued. */
  queued: number;
  /** Changed by this replica since the last measurement began. */
  since: number;
  delivered?: { count: number; atMs: number };
}

/**
 * What this replica knows of each lane: how many tasks may lie ready in JetStream, which gives them out in the order in
 * which they came. Only about as many as the workers take at once, and in the next milliseconds; what is more waits in
 * Postgres, where it still can be put in order.
 */
@Injectable()
export class Lanes {
  private readonly lanes = new Map<LaneName, Lane>(
    laneNames.map((name) => [name, { rate: 0, inStream: 0, hasBacklog: false, urgency: NOTHING, queued: 0, since: 0 }]),
  );

  /** Would a call of that capability, without limits, go to the workers at once? Nothing is reserved. */
  goesStraight(capability: Capability): boolean {
    return !this.of(capability).hasBacklog && this.room(capability) > 0;
  }

  /** How many more tasks may lie ready. */
  room(name: LaneName): number {
    if (name === 'execution') return EXECUTIONS;
    const { slots = UNKNOWN_SLOTS, rate, inStream } = this.of(name);
    return slots + Math.floor((rate * AHEAD_MS) / 1_000) - inStream;
  }

  hasBacklog(name: LaneName): boolean {
    return this.of(name).hasBacklog;
  }

  /** Is nothing more urgent than that waiting? */
  isFirst(name: LaneName, priority: number): boolean {
    return priority <= this.of(name).urgency;
  }

  /** Something was queued. */
  queued(name: LaneName, priority: number): void {
    const lane = this.of(name);
    lane.hasBacklog = true;
    lane.urgency = Math.min(lane.urgency, priority);
    lane.queued++;
  }

  /** What waits was looked at: that is the most urgent of what had been queued up to `mark`. */
  seen(name: LaneName, priority: number, mark: number): void {
    const lane = this.of(name);
    lane.hasBacklog = true;
    if (lane.queued === mark) lane.urgency = priority;
  }

  /** How often something was queued up to now. */
  mark(name: LaneName): number {
    return this.of(name).queued;
  }

  /** Nothing waits of what was queued up to `mark`. */
  emptied(name: LaneName, mark: number): void {
    const lane = this.of(name);
    if (lane.queued !== mark) return;
    lane.hasBacklog = false;
    lane.urgency = NOTHING;
  }

  /** Tasks go to the workers. */
  entered(name: LaneName, count = 1): void {
    this.add(name, count);
  }

  /** Calls have ended, or are not wanted any more. */
  left(name: LaneName, count = 1): void {
    this.add(name, -count);
  }

  isActive(name: Capability): boolean {
    const { hasBacklog, inStream, rate } = this.of(name);
    return hasBacklog || inStream > 0 || rate > 1;
  }

  /** What the workers of a capability do at once. */
  announced(name: Capability, slots: number): void {
    this.of(name).slots = slots;
  }

  /** A measurement begins: what happens from now on is not in it. */
  measuring(name: Capability): void {
    this.of(name).since = 0;
  }

  measured(name: Capability, { inStream, delivered }: Measured, nowMs: number): void {
    const lane = this.of(name);
    lane.inStream = Math.max(0, inStream + lane.since);
    const { delivered: before } = lane;
    const elapsedMs = before ? nowMs - before.atMs : 0;
    // Of a consumer that was made anew the count begins anew.
    if (before && elapsedMs > 0) {
      const rate = (Math.max(0, delivered - before.count) * 1_000) / elapsedMs;
      lane.rate = (lane.rate + rate) / 2;
    }
    lane.delivered = { count: delivered, atMs: nowMs };
  }

  private add(name: LaneName, count: number): void {
    const lane = this.of(name);
    lane.inStream = Math.max(0, lane.inStream + count);
    lane.since += count;
  }

  private of(name: LaneName): Lane {
    const lane = this.lanes.get(name);
    if (!lane) throw new TypeError(`there is no lane ${name}`);
    return lane;
  }
}
