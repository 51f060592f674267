import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { copyRows, Database } from '@scm/database';
import type { RowOutline } from '../chunks/seal-order.js';
import { decodeBlock, encodeBlock, type SampleBlock } from './sample-block.js';

export interface LogRow {
  id: number;
  workspaceId: string;
  /** Times of the oldest and the newest sample, Unix milliseconds. */
  t0: number;
  t1: number;
  /** Absent for rows the reader has already or has no use for. */
  block?: SampleBlock;
}

/** What has left the log, whoever read it or not. */
export interface SealState {
  /** How often rows have left. */
  seals: number;
  /** The greatest id among them. */
  lastId: number;
  /** The time of their newest sample. */
  newestMs: number;
}

interface StoredRow {
  id: string;
  workspace_id: string;
  t0: string;
  t1: string;
  n: number;
  data: Buffer | null;
}

interface NextRow extends StoredRow {
  seals: string;
  last_log_id: string;
  newest_ms: string;
}

/** Writers take turns under this lock, so that ids become visible in their order: who read up to an id missed nothing. */
const COMMIT_ORDER_LOCK = 7_216_449_301;

@Injectable()
export class SampleLogRepository {
  constructor(private readonly database: Database) {}

  /** One transaction for what must commit with the rows that are appended in it. */
  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let failed = true;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      failed = false;
      return result;
    } finally {
      // A connection in an unknown state is closed, which rolls back.
      client.release(failed);
    }
  }

  /** Appends one row for each workspace. @returns the ids by workspace. */
  async append(
    blocks: ReadonlyMap<string, SampleBlock>,
    on: Pool | PoolClient = this.pool,
  ): Promise<Map<string, number>> {
    if (blocks.size === 0) return new Map();
    const values = [...blocks].flatMap(([workspaceId, block]) => [
      workspaceId,
      block.t0,
      block.t1,
      block.ids.length,
      encodeBlock(block),
    ]);
    const rows = [...blocks].map((_, i) => {
      const at = i * 5 + 1;
      return `($${at + 1}::uuid, $${at + 2}::bigint, $${at + 3}::bigint, $${at + 4}::int, $${at + 5}::bytea)`;
    });
    const { rows: stored } = await on.query<{ id: string; workspace_id: string }>(
      `with turn as materialized (select pg_advisory_xact_lock($1::bigint))
       insert into sample_log (workspace_id, t0, t1, n, data) select fresh.* from turn, (values ${rows.join(', ')}) fresh
       returning id, workspace_id`,
      [COMMIT_ORDER_LOCK, ...values],
    );
    return new Map(stored.map((row) => [row.workspace_id, Number(row.id)]));
  }

  /**
   * The next rows of all workspaces, and what had left the log at the same moment; rows `held` and those that end before
   * `sinceMs` come without their block.
   */
  async readAfter(
    id: number,
    sinceMs: number,
    held: readonly number[],
    limit: number,
  ): Promise<{ rows: LogRow[]; sealed: SealState }> {
    const { rows } = await this.pool.query<NextRow>(
      `select s.seals, s.last_log_id, s.newest_ms, l.* from seal_state s left join lateral (
         select id, workspace_id, t0, t1, n, case when id = any($3::bigint[]) or t1 < $2 then null else data end as data
         from sample_log where id > $1 order by id limit $4) l on true`,
      [id, Math.floor(sinceMs), held, limit],
    );
    const [first] = rows;
    const [seals, lastId] = [Number(first?.seals ?? 0), Number(first?.last_log_id ?? 0)];
    const sealed = { seals, lastId, newestMs: Number(first?.newest_ms ?? 0) };
    return { rows: rows.filter(({ id: found }) => found !== null).map(toLogRow), sealed };
  }

  /** The id after which every row with samples since `sinceMs` comes. */
  async idBefore(sinceMs: number): Promise<number> {
    const { rows } = await this.pool.query<{ id: string | null }>(
      `select coalesce((select min(id) - 1 from sample_log where t1 >= $1), (select max(id) from sample_log)) as id`,
      [Math.floor(sinceMs)],
    );
    return Number(rows[0]?.id ?? 0);
  }

  /** Is there a row that ends before `beforeMs` and has waited for so long? */
  async isDue(beforeMs: number, waitMs: number): Promise<boolean> {
    const { rows } = await this.pool.query(
      `select 1 from sample_log where t1 < $1 and created_at <= now() - $2 * interval '1 ms' limit 1`,
      [Math.floor(beforeMs - waitMs), waitMs],
    );
    return rows.length > 0;
  }

  /** The first rows that begin before `beforeMs`, in the order of the commits. */
  async outlines(client: PoolClient, beforeMs: number, limit: number): Promise<RowOutline[]> {
    const { rows } = await client.query<StoredRow>(
      `select id, workspace_id, t0, t1, n from sample_log where t0 < $1 order by id limit $2`,
      [Math.floor(beforeMs), limit],
    );
    return rows.map(({ id, workspace_id: workspaceId, t0, t1, n }) => ({
      id: Number(id),
      workspaceId,
      t0: Number(t0),
      t1: Number(t1),
      n,
    }));
  }

  /** Gives the blocks of rows in the order of the commits. */
  async readInto(
    client: PoolClient,
    ids: readonly number[],
    take: (workspaceId: string, block: SampleBlock) => void,
  ): Promise<void> {
    await copyRows(
      client,
      `select workspace_id::text, t0, t1, n, data from sample_log where id = any('{${ids.join(',')}}') order by id`,
      (columns) => take(columns[0]?.toString() ?? '', blockOfRow(columns.slice(1))),
    );
  }

  /** Deletes rows, given in their order, whose samples are elsewhere now, and says so to those that read the log along. */
  async takeOut(client: PoolClient, ids: readonly number[], newestMs: number): Promise<void> {
    const { rowCount } = await client.query(`delete from sample_log where id = any($1::bigint[])`, [ids]);
    if (rowCount !== ids.length) throw new Error('rows of the log went while they were sealed');
    await client.query(
      `update seal_state set seals = seals + 1, last_log_id = greatest(last_log_id, $1::bigint),
       newest_ms = greatest(newest_ms, $2::bigint)`,
      [ids.at(-1), newestMs],
    );
  }

  /** @returns how many rows were deleted, at most `limit`. */
  async deleteBefore(timeMs: number, limit: number): Promise<number> {
    const { rowCount } = await this.pool.query(
      `delete from sample_log where id = any(array(select id from sample_log where t1 < $1 order by t1 limit $2))`,
      [Math.floor(timeMs), limit],
    );
    return rowCount ?? 0;
  }

  private get pool(): Pool {
    return this.database.systemPool;
  }
}

/** From the binary columns t0, t1, n and data. */
export function blockOfRow([t0, t1, n, data]: Buffer[]): SampleBlock {
  const [first, last] = [Number(t0?.readBigInt64BE() ?? 0), Number(t1?.readBigInt64BE() ?? 0)];
  return decodeBlock(data ?? Buffer.alloc(0), first, last, n?.readInt32BE() ?? 0);
}

function toLogRow({ id, workspace_id, t0, t1, n, data }: StoredRow): LogRow {
  const block = data ? { block: decodeBlock(data, Number(t0), Number(t1), n) } : {};
  return { id: Number(id), workspaceId: workspace_id, t0: Number(t0), t1: Number(t1), ...block };
}
