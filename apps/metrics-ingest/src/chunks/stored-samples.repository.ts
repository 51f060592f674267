import { Injectable } from '@nestjs/common';
import { escapeLiteral } from 'pg';
import { Database } from '@scm/database';
import type { SampleBlock } from '../log/sample-block.js';
import { blockOfRow } from '../log/sample-log.repository.js';
import type { Chunk } from './chunk.js';
import { partitionAt, RAW_TIER } from './tiers.js';

export interface Take {
  /** A row of the log, with samples of any series; rows come in the order of the commits. */
  block(block: SampleBlock): void;
  /** Chunks of one series share no times, and come in any order. */
  chunk(chunk: Pick<Chunk, 'seriesId' | 't0' | 'n' | 'encoding' | 'data'>): void;
}

export interface StoredUsage {
  logRows: number;
  logSamples: number;
  logBytes: number;
  oldestLogMs: number | null;
  chunks: number;
  chunkSamples: number;
  chunkBytes: number;
  oldestChunkMs: number | null;
}

/** What Postgres holds of series, as of one moment: a sample that is being sealed is either in the log or in a chunk. */
@Injectable()
export class StoredSamplesRepository {
  constructor(private readonly database: Database) {}

  /** Everything that may hold samples of the series after `fromMs` up to and with `toMs`. */
  async read(
    workspaceId: string,
    seriesIds: readonly number[],
    fromMs: number,
    toMs: number,
    take: Take,
  ): Promise<void> {
    const [from, to] = [Math.floor(fromMs), Math.floor(toMs)];
    const scope = `workspace_id = ${escapeLiteral(workspaceId)} and t1 > ${from} and t0 <= ${to}`;
    await this.database.copyInWorkspace(
      workspaceId,
      // One statement sees one moment. The least a chunk may begin with spares looking into earlier partitions.
      `(select 0::smallint, 0, t0, t1, n, data from sample_log where ${scope} order by id)
       union all select encoding, series_id, t0, t1, n, data from chunks
       where tier = ${RAW_TIER} and series_id = any('{${seriesIds.join(',')}}') and ${scope}
         and t0 >= ${partitionAt(from).fromMs}`,
      (columns) => {
        const [encoding, seriesId, t0, , n, data] = columns;
        if (encoding?.readInt16BE() === 0) return take.block(blockOfRow(columns.slice(2)));
        take.chunk({
          encoding: encoding?.readInt16BE() ?? 0,
          seriesId: seriesId?.readInt32BE() ?? 0,
          t0: Number(t0?.readBigInt64BE() ?? 0),
          n: n?.readInt32BE() ?? 0,
          data: data ?? Buffer.alloc(0),
        });
      },
    );
  }

  /** How much a workspace has stored. */
  async usage(workspaceId: string): Promise<StoredUsage> {
    const [row] = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<Record<keyof StoredUsage, string | null>[]>(
        `select * from
         (select count(*) as "logRows", coalesce(sum(n), 0) as "logSamples",
            coalesce(sum(octet_length(data)), 0) as "logBytes", min(t0) as "oldestLogMs"
          from sample_log where workspace_id = $1) logged,
         (select coalesce(sum(chunks), 0) as chunks, coalesce(sum(samples), 0) as "chunkSamples",
            coalesce(sum(bytes), 0) as "chunkBytes", min(oldest_ms) as "oldestChunkMs"
          from chunk_usage where workspace_id = $1) sealed`,
        [workspaceId],
      ),
    );
    const numbers = Object.entries(row ?? {}).map(([name, value]) => [name, value === null ? null : Number(value)]);
    return Object.fromEntries(numbers) as StoredUsage;
  }
}
