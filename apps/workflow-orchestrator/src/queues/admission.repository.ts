import { Injectable } from '@nestjs/common';
import { Database, unavailableIfAway } from '@scm/database';
import type { PoolClient, QueryConfig, QueryResultRow } from 'pg';
import type { Limit } from '../machine/limits.js';
import { inTransaction, lockCounters } from './grant.repository.js';
import type { NamedCounter } from './grants.js';
import { choose, counterKey, type Candidate, type Choice } from './choose.js';
import { laneNames, type LaneName } from './lanes.js';
import type { Freed } from './queueing.js';

/** Of one key at most so many that wait are looked at in a round. */
const MAX_OF_KEY = 64;

const CANDIDATE = `a.execution_id as "executionId", a.frame, a.workspace_id as "workspaceId", a.lane, a.priority, a.rank,
  a.limits, a.blocked_by as "blockedBy"`;

const NEXT = `select a.* from unnest($1::text[], $2::int[]) as l(lane, room) cross join lateral (
  select ${CANDIDATE} from admissions a where a.lane = l.lane and a.admitted_at is null and a.blocked_by is null
  order by a.priority, a.rank limit l.room for update skip locked) a`;

const NEXT_OF_KEYS = `select a.* from unnest($1::uuid[], $2::text[], $3::int[]) as k(workspace_id, key, n) cross join lateral (
  select ${CANDIDATE} from admissions a where a.workspace_id = k.workspace_id and a.blocked_by = k.key
  order by a.priority, a.rank limit k.n for update skip locked) a`;

const WRITE = `with choice as (
  select * from jsonb_to_recordset($1::jsonb) as c(id uuid, frame int, keep boolean, at timestamptz, by text)
), sent as (
  delete from admissions a using choice c where c.id = a.execution_id and c.frame = a.frame and not c.keep
), held as (
  update admissions a set admitted_at = c.at, blocked_by = c.by from choice c
  where c.id = a.execution_id and c.frame = a.frame and c.keep
) update limit_keys k set at_work = n."atWork", begun = n.begun, free_at = n."freeAt"
  from jsonb_to_recordset($2::jsonb) as n("workspaceId" uuid, key text, "atWork" int, begun jsonb, "freeAt" timestamptz)
  where k.workspace_id = n."workspaceId" and k.key = n.key`;

export interface Round extends Choice {
  /** How many of each lane were looked at that no limit had held back. */
  seen: ReadonlyMap<LaneName, number>;
  /** Keys of which more may wait that could begin. */
  more: Freed[];
}

/** The first that waits for a key, with the counter of that key. */
export interface Held extends NamedCounter {
  limits: Limit[] | null;
}

/** Admits what waits in the queue: counters move in the transaction of what they count. */
@Injectable()
export class AdmissionRepository {
  constructor(private readonly database: Database) {}

  /**
   * Looks at the next of the `open` lanes, as many as they have room for, and at what waited for a key that may let more
   * begin; admits what has room.
   */
  async admit(
    open: ReadonlyMap<LaneName, number>,
    freed: readonly Freed[],
    rooms: ReadonlyMap<LaneName, number>,
    now: Date,
  ): Promise<Round> {
    return inTransaction(this.database, async (client) => {
      const next = await candidates(client, 'next-in-lanes', NEXT, [[...open.keys()], [...open.values()]]);
      const keys = [
        freed.map(({ workspaceId }) => workspaceId),
        freed.map(({ key }) => key),
        freed.map(({ count }) => Math.min(count, MAX_OF_KEY)),
      ];
      const unblocked = freed.length > 0 ? await candidates(client, 'next-of-keys', NEXT_OF_KEYS, keys) : [];
      const all = [...next, ...unblocked];
      const counters = await countersOf(client, all);
      const choice = choose(all, counters, rooms, now.getTime());
      if (all.length > 0) await write(client, choice, counters, now);
      return { ...choice, seen: countsByLane(next), more: moreOf(freed, unblocked, choice) };
    });
  }

  /** Lanes in which something waits that no limit holds back, with the priority of what is most urgent. */
  async waitingLanes(): Promise<{ lane: LaneName; priority: number }[]> {
    return this.query({
      name: 'waiting-lanes',
      text: `select l.lane, a.priority from unnest($1::text[]) as l(lane) cross join lateral (
        select priority from admissions a where a.lane = l.lane and a.admitted_at is null and a.blocked_by is null
        order by a.priority, a.rank limit 1) a`,
      values: [laneNames],
    });
  }

  /** The first that waits for each key after one, at most `limit`, in the order of workspaces and keys. */
  async heldBack(after: Pick<Held, 'workspaceId' | 'key'>, limit: number): Promise<Held[]> {
    return this.query<Held>({
      name: 'held-by-keys',
      text: `with recursive held as (
          (select a.workspace_id, a.blocked_by, a.limits, 1 as n from admissions a where a.blocked_by is not null
             and (a.workspace_id, a.blocked_by) > ($1::uuid, $2::text)
           order by a.workspace_id, a.blocked_by, a.priority, a.rank limit 1)
          union all select next.* from held h cross join lateral (
            select a.workspace_id, a.blocked_by, a.limits, h.n + 1 from admissions a where a.blocked_by is not null
              and (a.workspace_id, a.blocked_by) > (h.workspace_id, h.blocked_by)
            order by a.workspace_id, a.blocked_by, a.priority, a.rank limit 1) next where h.n < $3
        ) select h.workspace_id as "workspaceId", h.blocked_by as key, h.limits, coalesce(k.at_work, 0) as "atWork",
            coalesce(k.begun, '[]') as begun, coalesce(extract(epoch from k.free_at)::float8, 0) * 1000 as "freeAtMs"
          from held h left join limit_keys k on k.workspace_id = h.workspace_id and k.key = h.blocked_by order by h.n`,
      values: [after.workspaceId, after.key, limit],
    });
  }

  /** How many of a workspace wait, counted up to `limit`. */
  async countOf(workspaceId: string, limit: number): Promise<number> {
    const [row] = await this.query<{ count: number }>({
      name: 'count-waiting',
      text: `select count(*)::int as count from (
        select 1 from admissions where workspace_id = $1 and admitted_at is null limit $2) c`,
      values: [workspaceId, limit],
    });
    return row?.count ?? 0;
  }

  /** Forgets keys that count nothing any more. */
  async forgetKeys(now: Date): Promise<void> {
    const text = `delete from limit_keys where (workspace_id, key) in (
      select workspace_id, key from limit_keys where at_work = 0 and free_at < $1 limit 1000 for update skip locked)`;
    await this.query({ name: 'forget-limit-keys', text, values: [now] });
  }

  private async query<Row extends QueryResultRow>(prepared: QueryConfig): Promise<Row[]> {
    const asked = this.database.systemPool.query<Row>(prepared);
    return (await asked.catch((error: unknown) => Promise.reject(unavailableIfAway(error)))).rows;
  }
}

async function countersOf(client: PoolClient, all: readonly Candidate[]): Promise<Map<string, NamedCounter>> {
  const keys = all.flatMap(({ workspaceId, limits }) => (limits ?? []).map(({ key }) => ({ workspaceId, key })));
  const counters = await lockCounters(client, keys);
  return new Map(counters.map((counter) => [counterKey(counter.workspaceId, counter.key), counter]));
}

async function candidates(client: PoolClient, name: string, text: string, values: unknown[]): Promise<Candidate[]> {
  return (await client.query<Candidate>({ name, text, values })).rows;
}

async function write(
  client: PoolClient,
  { admitted, blocked, unblocked }: Choice,
  counters: ReadonlyMap<string, NamedCounter>,
  now: Date,
): Promise<void> {
  const row = ({ executionId: id, frame }: Candidate) => ({ id, frame });
  const choices = [
    // What holds no limit is only remembered by the execution.
    ...admitted.map((one) => ({ ...row(one), keep: one.limits !== null, at: now })),
    ...blocked
      .filter(({ candidate, by }) => candidate.blockedBy !== by)
      .map(({ candidate, by }) => ({ ...row(candidate), keep: true, by })),
    ...unblocked.map((one) => ({ ...row(one), keep: true })),
  ];
  if (choices.length === 0) return;
  const counted = [...counters.values()].map((counter) => ({ ...counter, freeAt: new Date(counter.freeAtMs) }));
  await client.query({
    name: 'write-admissions',
    text: WRITE,
    values: [JSON.stringify(choices), JSON.stringify(counted)],
  });
}

/** Of a key that held nothing back of what was looked at there may be more: twice as many are looked at next. */
function moreOf(freed: readonly Freed[], unblocked: readonly Candidate[], { blocked }: Choice): Freed[] {
  const seen = new Set(unblocked.map(({ workspaceId, blockedBy }) => counterKey(workspaceId, blockedBy ?? '')));
  const full = new Set(blocked.map(({ candidate, by }) => counterKey(candidate.workspaceId, by)));
  return freed
    .filter(({ workspaceId, key }) => seen.has(counterKey(workspaceId, key)) && !full.has(counterKey(workspaceId, key)))
    .map((one) => ({ ...one, count: one.count * 2 }));
}

function countsByLane(next: readonly Candidate[]): Map<LaneName, number> {
  const counts = new Map<LaneName, number>();
  for (const { lane } of next) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  return counts;
}
