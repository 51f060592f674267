import { Injectable } from '@nestjs/common';
import { Database, unavailableIfAway } from '@scm/database';
import type { PoolClient } from 'pg';
import { counterKey } from './choose.js';
import { Grants, type LockedCounter, type NamedCounter } from './grants.js';

export interface LimitKey {
  workspaceId: string;
  key: string;
}

/** The counters of some limits, and the transaction that holds them. */
export interface HeldCounters {
  grants: Grants;
  client: PoolClient;
}

/** In the order of the keys, as everybody locks them. */
const LOCK = `select workspace_id as "workspaceId", key, at_work as "atWork", begun,
  extract(epoch from free_at)::float8 * 1000 as "freeAtMs"`;
const WAITED_FOR = `exists (select 1 from admissions a where a.workspace_id = k.workspace_id and a.blocked_by = k.key)
  as "isWaitedFor"`;
const OF_KEYS = `from limit_keys k where (workspace_id, key) in (select * from unnest($1::uuid[], $2::text[]))
  order by workspace_id, key for update`;
const ADD = `insert into limit_keys (workspace_id, key) select * from unnest($1::uuid[], $2::text[]) order by 1, 2
  on conflict do nothing`;

/** The counters of limits, while they are locked. */
@Injectable()
export class GrantRepository {
  constructor(private readonly database: Database) {}

  /** Does `work` in one transaction that holds the counters of these keys. */
  async holding<T>(keys: readonly LimitKey[], work: (held: HeldCounters) => Promise<T>): Promise<T> {
    return inTransaction(this.database, async (client) => {
      const statement = { name: 'lock-to-grant', text: `${LOCK}, ${WAITED_FOR} ${OF_KEYS}` };
      const counters = await lock<LockedCounter>(client, keys, statement);
      return work({ grants: new Grants(counters, Date.now()), client });
    });
  }
}

/** Locks the counters of these keys until the transaction ends; those that are new begin at nothing. */
export async function lockCounters(client: PoolClient, keys: readonly LimitKey[]): Promise<NamedCounter[]> {
  return lock(client, keys, { name: 'lock-limit-keys', text: `${LOCK} ${OF_KEYS}` });
}

async function lock<Row extends NamedCounter>(
  client: PoolClient,
  keys: readonly LimitKey[],
  statement: { name: string; text: string },
): Promise<Row[]> {
  const wanted = [...new Map(keys.map((one) => [counterKey(one.workspaceId, one.key), one])).values()];
  if (wanted.length === 0) return [];
  const values = [wanted.map(({ workspaceId }) => workspaceId), wanted.map(({ key }) => key)];
  const { rows } = await client.query<Row>({ ...statement, values });
  if (rows.length === wanted.length) return rows;
  await client.query({ name: 'add-limit-keys', text: ADD, values });
  return (await client.query<Row>({ ...statement, values })).rows;
}

/** One transaction of the system role's pool, for statements that TypeORM would slow down. */
export async function inTransaction<T>(database: Database, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await database.systemPool
    .connect()
    .catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is not given to anybody else.
    await client.query('rollback').catch((lost: Error) => (broken = lost));
    throw unavailableIfAway(error);
  } finally {
    client.release(broken);
  }
}
