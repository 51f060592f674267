import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { Database } from '@scm/database';
import { partitionsBetween } from './tiers.js';

export interface Partition {
  name: string;
  tier: number;
  /** Its chunks begin from here on, and before `toMs`. */
  fromMs: number;
  toMs: number;
}

@Injectable()
export class PartitionRepository {
  constructor(private readonly database: Database) {}

  /** Makes the partitions of a tier that are missing between two times. */
  async make(
    tier: number,
    fromMs: number,
    toMs: number,
    on: Pool | PoolClient = this.database.systemPool,
  ): Promise<void> {
    for (const partition of partitionsBetween(fromMs, toMs)) {
      const values = [tier, partition.fromMs, partition.toMs];
      await on.query(`select make_chunk_partition($1::smallint, $2::bigint, $3::bigint)`, values);
    }
  }

  async list(): Promise<Partition[]> {
    const { rows } = await this.database.systemPool.query<{ name: string; bounds: string }>(
      `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
       from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relispartition and c.relkind = 'r'
         and c.relname ~ '^chunks_\\d+_\\d{8}$'`,
    );
    return rows.map(({ name, bounds }) => {
      const [fromMs = 0, toMs = 0] = (bounds.match(/\d+/g) ?? []).map(Number);
      return { name, tier: Number(name.split('_')[1]), fromMs, toMs };
    });
  }

  /** Forgets a partition with all that is in it. */
  async drop({ name, tier, fromMs }: Partition): Promise<void> {
    const client = await this.database.systemPool.connect();
    let failed = true;
    try {
      await client.query('begin');
      await client.query(`select drop_chunk_partition($1)`, [name]);
      await client.query(`delete from chunk_usage where tier = $1 and from_ms = $2`, [tier, fromMs]);
      await client.query('commit');
      failed = false;
    } finally {
      client.release(failed);
    }
  }
}
