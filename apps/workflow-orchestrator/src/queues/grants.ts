import type { Limit } from '../machine/limits.js';
import type { Frame } from '../machine/state.js';
import { count, hasRoom, type Counter } from './counter.js';
import { counterKey } from './choose.js';

/** What is counted for one key of a workspace. */
export interface NamedCounter extends Counter {
  workspaceId: string;
  key: string;
}

/** A counter, and whether something waits for its key already. */
export interface LockedCounter extends NamedCounter {
  isWaitedFor: boolean;
}

/**
 * Places under limits whose counters are locked. They are written by the statement that opens the calls, so a call with
 * limits begins as fast as one without while nobody waits for its keys.
 */
export class Grants {
  private readonly counters: ReadonlyMap<string, LockedCounter>;
  private readonly rates = new Set<LockedCounter>();

  constructor(
    counters: readonly LockedCounter[],
    private readonly nowMs: number,
  ) {
    this.counters = new Map(counters.map((counter) => [counterKey(counter.workspaceId, counter.key), counter]));
  }

  /** Takes a place under each of the limits, or none. */
  take(workspaceId: string, limits: readonly Limit[]): boolean {
    const wanted = limits.map((limit) => ({ limit, counter: this.counters.get(counterKey(workspaceId, limit.key)) }));
    for (const { limit, counter } of wanted) {
      if (!counter || counter.isWaitedFor || !hasRoom(counter, limit, this.nowMs)) return false;
    }
    for (const { limit, counter } of wanted) {
      if (!counter) continue;
      count(counter, limit, this.nowMs);
      if (limit.periodMs !== undefined) this.rates.add(counter);
    }
    return true;
  }

  /** The places of a call that ends in the same statement. */
  giveBack(workspaceId: string, limits: readonly Limit[]): void {
    for (const { key, periodMs } of limits) {
      const counter = this.counters.get(counterKey(workspaceId, key));
      if (counter && periodMs === undefined) counter.atWork = Math.max(0, counter.atWork - 1);
    }
  }

  /** What began under rates; how many are at work the statement counts itself. */
  begun(): { workspaceId: string; key: string; begun: Counter['begun']; freeAt: Date }[] {
    return [...this.rates].map(({ workspaceId, key, begun, freeAtMs }) => ({
      workspaceId,
      key,
      begun,
      freeAt: new Date(freeAtMs),
    }));
  }
}

/** What one transition takes of the grants. Without any, calls with limits wait in the queue. */
export class Places {
  private readonly holders = new Set<number>();

  constructor(
    private readonly workspaceId: string,
    private readonly grants?: Grants,
  ) {}

  /** Has the call its places, or takes them now, or needs none? */
  take({ id, limits }: Pick<Frame, 'id' | 'limits'>): boolean {
    if (!limits || this.holders.has(id)) return true;
    if (!this.grants?.take(this.workspaceId, limits)) return false;
    this.holders.add(id);
    return true;
  }
}
