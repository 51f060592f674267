import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { Database } from '@scm/database';
import type { RowOutline } from './merge-runs.js';
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

interface StoredRow {
  id: string;
  workspace_id: string;
  t0: string;
  t1: string;
  n: number;
  data: Buffer | null;
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

  /** The next rows of all workspaces; rows `held` and those that end before `sinceMs` come without their block. */
  async readAfter(id: number, sinceMs: number, held: readonly number[], limit: number): Promise<LogRow[]> {
    const { rows } = await this.pool.query<StoredRow>(
      `select id, workspace_id, t0, t1, n, case when id = any($3::bigint[]) or t1 < $2 then null else data end as data
       from sample_log where id > $1 order by id limit $4`,
      [id, Math.floor(sinceMs), held, limit],
    );
    return rows.map(toLogRow);
  }

  /** The id after which every row with samples since `sinceMs` comes. */
  async idBefore(sinceMs: number): Promise<number> {
    const { rows } = await this.pool.query<{ id: string | null }>(
      `select coalesce((select min(id) - 1 from sample_log where t1 >= $1), (select max(id) from sample_log)) as id`,
      [Math.floor(sinceMs)],
    );
    return Number(rows[0]?.id ?? 0);
  }

  /** Ids of one workspace's rows that may hold samples between the two times, in the order of the commits. */
  async idsBetween(workspaceId: string, fromMs: number, toMs: number): Promise<number[]> {
    const rows = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<{ id: string }[]>(
        `select id from sample_log where workspace_id = $1 and t1 > $2 and t0 <= $3 order by id`,
        [workspaceId, Math.floor(fromMs), Math.floor(toMs)],
      ),
    );
    return rows.map(({ id }) => Number(id));
  }

  async readByIds(workspaceId: string, ids: readonly number[]): Promise<LogRow[]> {
    const rows = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<StoredRow[]>(
        `select id, workspace_id, t0, t1, n, data from sample_log where id = any($1::bigint[]) order by id`,
        [ids],
      ),
    );
    return rows.map(toLogRow);
  }

  /** Workspaces with many rows older than `beforeMs` that hold few samples each. */
  async workspacesToMerge(beforeMs: number, minRows: number, maxSamples: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ workspace_id: string }>(
      `select workspace_id from sample_log where t1 < $1 and n <= $2 group by workspace_id having count(*) >= $3`,
      [Math.floor(beforeMs), maxSamples, minRows],
    );
    return rows.map((row) => row.workspace_id);
  }

  async outline(workspaceId: string, limit: number): Promise<RowOutline[]> {
    const { rows } = await this.pool.query<{ id: string; t0: string; t1: string; n: number }>(
      `select id, t0, t1, n from sample_log where workspace_id = $1 order by id limit $2`,
      [workspaceId, limit],
    );
    return rows.map(({ id, t0, t1, n }) => ({ id: Number(id), t0: Number(t0), t1: Number(t1), n }));
  }

  /** Puts the samples of several rows into the last of them; nothing happens when another replica is at one of them. */
  async replace(ids: readonly number[], merge: (blocks: SampleBlock[]) => SampleBlock): Promise<boolean> {
    return this.database.acrossWorkspaces(async (tx) => {
      const rows = await tx.query<StoredRow[]>(
        `select id, workspace_id, t0, t1, n, data from sample_log where id = any($1::bigint[]) order by id for update skip locked`,
        [ids],
      );
      if (rows.length !== ids.length) return false;
      const block = merge(rows.flatMap((row) => toLogRow(row).block ?? []));
      const last = ids.at(-1);
      await tx.query(`delete from sample_log where id = any($1::bigint[]) and id <> $2`, [ids, last]);
      await tx.query(`update sample_log set t0 = $2, t1 = $3, n = $4, data = $5 where id = $1`, [
        last,
        block.t0,
        block.t1,
        block.ids.length,
        encodeBlock(block),
      ]);
      return true;
    });
  }

  async usage(workspaceId: string): Promise<{ rows: number; samples: number; bytes: number; oldestMs?: number }> {
    const [row] = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<{ rows: string; samples: string; bytes: string; oldest: string | null }[]>(
        `select count(*) as rows, coalesce(sum(n), 0) as samples, coalesce(sum(octet_length(data)), 0) as bytes,
         min(t0) as oldest from sample_log where workspace_id = $1`,
        [workspaceId],
      ),
    );
    return {
      rows: Number(row?.rows ?? 0),
      samples: Number(row?.samples ?? 0),
      bytes: Number(row?.bytes ?? 0),
      ...(row?.oldest && { oldestMs: Number(row.oldest) }),
    };
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

function toLogRow({ id, workspace_id, t0, t1, n, data }: StoredRow): LogRow {
  const block = data ? { block: decodeBlock(data, Number(t0), Number(t1), n) } : {};
  return { id: Number(id), workspaceId: workspace_id, t0: Number(t0), t1: Number(t1), ...block };
}
