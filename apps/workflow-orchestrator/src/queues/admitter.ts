import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Aftermath } from '../executions/aftermath.js';
import type { ExecutionRow } from '../executions/execution.entities.js';
import { openCalls } from '../executions/move.js';
import { TransitionRepository } from '../executions/transition.repository.js';
import { Admission } from './admission.js';
import { AdmissionRepository, type Held, type Round } from './admission.repository.js';
import { counterKey, type Candidate } from './choose.js';
import { hasRoom } from './counter.js';
import { laneNames, Lanes, type LaneName } from './lanes.js';
import { WHOLE, type Freed } from './queueing.js';

/** What nobody was told of is looked for this often. */
const TICK_MS = 1_000;
const MAX_KEYS = 1_000;
const MAX_BACKOFF_MS = 5_000;
const FIRST_KEY = { workspaceId: '00000000-0000-0000-0000-000000000000', key: '' };

/**
 * Admits what waits in the queue as room is made for it: by steps that end, by limits that let more begin, by time. Every
 * replica does; what one has taken up the others leave alone.
 */
@Injectable()
export class Admitter implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Admitter.name);
  private readonly stopping = new AbortController();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private work: Promise<unknown> = Promise.resolve();
  /** The last key that the tick has looked at. */
  private looked: Pick<Held, 'workspaceId' | 'key'> = FIRST_KEY;

  constructor(
    private readonly repository: AdmissionRepository,
    private readonly transitions: TransitionRepository,
    private readonly aftermath: Aftermath,
    private readonly admission: Admission,
    private readonly lanes: Lanes,
  ) {}

  onApplicationBootstrap(): void {
    this.work = Promise.all([this.run(), this.tick()]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
    await this.work;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.admission.kicked(signal);
      if (!signal.aborted) await this.patiently(() => this.round());
    }
  }

  /** Whatever was missed, by this replica or by one that is gone. */
  private async tick(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.patiently(async () => {
        const marks = this.marks();
        for (const { lane, priority } of await this.repository.waitingLanes()) {
          this.lanes.seen(lane, priority, marks.get(lane) ?? 0);
        }
        const held = await this.repository.heldBack(this.looked, MAX_KEYS);
        this.looked = (held.length === MAX_KEYS && held.at(-1)) || FIRST_KEY;
        const free = held.filter((one) => mayBegin(one, Date.now()));
        this.admission.release(free.map(({ workspaceId, key }) => ({ workspaceId, key, count: 1 })));
        await this.repository.forgetKeys(new Date());
      });
      await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async patiently(work: () => Promise<void>): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted; failures++) {
      try {
        return await work();
      } catch (error) {
        this.logger.warn(`the queue waits: ${error instanceof Error ? error.message : String(error)}`);
        const pauseMs = Math.min(100 * 2 ** failures, MAX_BACKOFF_MS);
        await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  private async round(): Promise<void> {
    const freed = summed(this.admission.takeFreed());
    const rooms = new Map(laneNames.map((lane) => [lane, this.lanes.room(lane)] as const));
    const marks = this.marks();
    const open = new Map([...rooms].filter(([lane, room]) => room > 0 && this.lanes.hasBacklog(lane)));
    if (open.size === 0 && freed.length === 0) return;
    try {
      const round = await this.repository.admit(open, freed, rooms, new Date());
      this.settle(open, marks, round);
      await this.aftermath.begin(this.begin(round.admitted));
    } catch (error) {
      this.admission.release(freed);
      throw error;
    }
  }

  private settle(
    open: ReadonlyMap<LaneName, number>,
    marks: ReadonlyMap<LaneName, number>,
    { admitted, blocked, unblocked, seen, more }: Round,
  ): void {
    for (const { lane } of admitted) this.lanes.entered(lane);
    for (const [lane, room] of open) if ((seen.get(lane) ?? 0) < room) this.lanes.emptied(lane, marks.get(lane) ?? 0);
    for (const { lane, priority } of unblocked) this.lanes.queued(lane, priority);
    for (const { candidate, by, freeAtMs } of blocked) {
      if (freeAtMs !== undefined) this.releaseAt({ workspaceId: candidate.workspaceId, key: by, count: 1 }, freeAtMs);
    }
    if (more.length > 0) this.admission.release(more);
    else if (admitted.length + blocked.length > 0) this.admission.kick();
  }

  private marks(): Map<LaneName, number> {
    return new Map(laneNames.map((lane) => [lane, this.lanes.mark(lane)]));
  }

  private releaseAt(freed: Freed, atMs: number): void {
    const key = counterKey(freed.workspaceId, freed.key);
    if (this.timers.has(key) || this.stopping.signal.aborted) return;
    const release = () => {
      this.timers.delete(key);
      this.admission.release([freed]);
    };
    this.timers.set(key, setTimeout(release, Math.min(atMs - Date.now(), 2 ** 30)));
  }

  /** What is lost on the way is found by the sweep: it is not in the queue any more, and no worker has it. */
  private async begin(admitted: readonly Candidate[]): Promise<void> {
    const framesOf = Map.groupBy(admitted, ({ executionId }) => executionId);
    if (framesOf.size === 0) return;
    const known = await this.transitions.readKnown([...framesOf.keys()]);
    await Promise.all(
      known.map(async ({ row, isFresh }) => {
        const all = (framesOf.get(row.id) ?? []).map(({ frame }) => frame);
        if (all.includes(WHOLE)) await this.aftermath.apply(row.id, { kind: 'admit' });
        const frames = all.filter((frame) => frame !== WHOLE);
        const find = (execution: ExecutionRow) => openCalls(execution).filter(({ id }) => frames.includes(id));
        const execution = isFresh || find(row).length === frames.length ? row : await this.readAgain(row);
        await this.aftermath.dispatch(execution, find(execution));
      }),
    );
  }

  /** What was queued by another replica is not in what this one has written. */
  private async readAgain(row: ExecutionRow): Promise<ExecutionRow> {
    return (await this.transitions.read([row.id]))[0] ?? row;
  }
}

function mayBegin({ key, limits, ...counter }: Held, nowMs: number): boolean {
  const limit = limits?.find((one) => one.key === key);
  return limit !== undefined && hasRoom(counter, limit, nowMs);
}

function summed(freed: readonly Freed[]): Freed[] {
  const sums = new Map<string, Freed>();
  for (const { workspaceId, key, count } of freed) {
    const name = counterKey(workspaceId, key);
    sums.set(name, { workspaceId, key, count: count + (sums.get(name)?.count ?? 0) });
  }
  return [...sums.values()];
}
