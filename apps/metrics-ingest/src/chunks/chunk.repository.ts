import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { copyRows } from '@scm/database';
import { FULL_SAMPLES, type Chunk } from './chunk.js';
import { partitionAt } from './tiers.js';

/** New samples of one series, by their first and last time. */
export interface Extent {
  seriesId: number;
  firstMs: number;
  lastMs: number;
}

/** A chunk that began so long ago is left as it is, however few samples it has. */
const GROW_MS = 4 * 3_600_000;
const DAY_MS = 86_400_000;

@Injectable()
export class ChunkRepository {
  /** The chunks that share times with new samples, and the last one before them if it is not full. */
  async readTouched(client: PoolClient, tier: number, extents: readonly Extent[]): Promise<Chunk[]> {
    if (extents.length === 0) return [];
    const list = (of: (extent: Extent) => number) => `'{${extents.map(of).join(',')}}'`;
    const from = partitionAt(extents.reduce((least, { firstMs }) => Math.min(least, firstMs), Infinity)).fromMs;
    const columns = 'c.tier, c.workspace_id, c.series_id, c.t0, c.t1, c.n, c.encoding, c.data';
    const of = `from chunks c where c.tier = ${tier} and c.series_id = w.id and c.t0 >= ${from}`;
    const chunks: Chunk[] = [];
    await copyRows(
      client,
      `select x.* from unnest(${list((e) => e.seriesId)}::int[], ${list((e) => e.firstMs)}::bigint[],
         ${list((e) => e.lastMs)}::bigint[]) w (id, first, last),
       lateral ((select ${columns} ${of} and c.t0 >= w.first and c.t0 <= w.last) union all
         select * from (select ${columns} ${of} and c.t0 >= w.first - w.first % ${DAY_MS} and c.t0 < w.first
           order by c.t0 desc limit 1) before
         where before.t1 >= w.first or (before.n < ${FULL_SAMPLES} and before.t0 > w.first - ${GROW_MS})) x`,
      (row) => chunks.push(toChunk(row)),
    );
    return chunks;
  }

  /** Puts chunks in the place of others. */
  async replace(client: PoolClient, removed: readonly Chunk[], added: readonly Chunk[]): Promise<void> {
    if (removed.length > 0) {
      await client.query(
        `delete from chunks c using unnest($1::smallint[], $2::int[], $3::bigint[]) d (tier, series_id, t0)
         where c.tier = d.tier and c.series_id = d.series_id and c.t0 = d.t0`,
        [removed.map(({ tier }) => tier), removed.map(({ seriesId }) => seriesId), removed.map(({ t0 }) => t0)],
      );
    }
    // Row-level security has no COPY into a table.
    await client.query(
      `insert into chunks (tier, workspace_id, series_id, t0, t1, n, encoding, data)
       select * from unnest($1::smallint[], $2::uuid[], $3::int[], $4::bigint[], $5::bigint[], $6::int[], $7::smallint[], $8::bytea[])`,
      [
        added.map(({ tier }) => tier),
        added.map(({ workspaceId }) => workspaceId),
        added.map(({ seriesId }) => seriesId),
        added.map(({ t0 }) => t0),
        added.map(({ t1 }) => t1),
        added.map(({ n }) => n),
        added.map(({ encoding }) => encoding),
        added.map(({ data }) => data),
      ],
    );
    await this.addUsage(client, removed, added);
  }

  private async addUsage(client: PoolClient, removed: readonly Chunk[], added: readonly Chunk[]): Promise<void> {
    const changes = new Map<string, [string, number, number, number, number, number, number]>();
    const count = ({ workspaceId, tier, t0, n, data }: Chunk, sign: number) => {
      const { fromMs } = partitionAt(t0);
      const key = `${workspaceId} ${tier} ${fromMs}`;
      const [, , , chunks, samples, bytes, oldest] = changes.get(key) ?? ['', 0, 0, 0, 0, 0, Infinity];
      const [size, oldestMs] = [data.length, sign > 0 ? Math.min(oldest, t0) : oldest];
      const summed = [chunks + sign, samples + sign * n, bytes + sign * size, oldestMs] as const;
      changes.set(key, [workspaceId, tier, fromMs, ...summed]);
    };
    for (const chunk of removed) count(chunk, -1);
    for (const chunk of added) count(chunk, 1);
    const rows = [...changes.values()];
    await client.query(
      `insert into chunk_usage as u (workspace_id, tier, from_ms, chunks, samples, bytes, oldest_ms)
       select * from unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
       on conflict (workspace_id, tier, from_ms) do update set chunks = u.chunks + excluded.chunks,
         samples = u.samples + excluded.samples, bytes = u.bytes + excluded.bytes,
         oldest_ms = least(u.oldest_ms, excluded.oldest_ms)`,
      [0, 1, 2, 3, 4, 5, 6].map((column) => rows.map((row) => row[column])),
    );
  }
}

/** From binary columns, see `readTouched`. */
function toChunk([tier, workspaceId, seriesId, t0, t1, n, encoding, data]: Buffer[]): Chunk {
  return {
    tier: tier?.readInt16BE() ?? 0,
    workspaceId: uuidOf(workspaceId),
    seriesId: seriesId?.readInt32BE() ?? 0,
    t0: Number(t0?.readBigInt64BE() ?? 0),
    t1: Number(t1?.readBigInt64BE() ?? 0),
    n: n?.readInt32BE() ?? 0,
    encoding: encoding?.readInt16BE() ?? 0,
    data: data ?? Buffer.alloc(0),
  };
}

function uuidOf(bytes: Buffer | undefined): string {
  return (bytes?.toString('hex') ?? '').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
