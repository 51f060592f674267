import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database } from '@scm/database';
import type { DeltaState } from './cumulate.js';

/** Sums of a stream that was silent for so long are forgotten: it begins anew, as a counter that was reset. */
const KEPT = '25 hours';
const SWEEP_LIMIT = 10_000;

@Injectable()
export class DeltaStateRepository {
  constructor(private readonly database: Database) {}

  /** Runs `work` while no other request, of any replica, adds deltas of the workspace. */
  async alone<T>(workspaceId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.database.systemPool.connect();
    let failed = true;
    try {
      await client.query('begin');
      await client.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`scm.metrics.delta.${workspaceId}`]);
      const result = await work(client);
      await client.query('commit');
      failed = false;
      return result;
    } finally {
      // A connection in an unknown state is closed, which ends the lock.
      client.release(failed);
    }
  }

  async find(client: PoolClient, workspaceId: string, streams: readonly string[]): Promise<Map<string, DeltaState>> {
    const { rows } = await client.query<{ stream: string; state: string }>(
      `select stream, state from delta_states where workspace_id = $1 and stream = any($2)`,
      [workspaceId, streams],
    );
    return new Map(rows.map(({ stream, state }) => [stream, JSON.parse(state) as DeltaState]));
  }

  async save(client: PoolClient, workspaceId: string, states: ReadonlyMap<string, DeltaState>): Promise<void> {
    await client.query(
      `insert into delta_states (workspace_id, stream, state)
       select $1, stream, state from unnest($2::text[], $3::text[]) as fresh (stream, state)
       on conflict (workspace_id, stream) do update set state = excluded.state, updated_at = now()`,
      [workspaceId, [...states.keys()], [...states.values()].map((state) => JSON.stringify(state))],
    );
  }

  async deleteOld(): Promise<number> {
    const { rowCount } = await this.database.systemPool.query(
      `delete from delta_states where (workspace_id, stream) in
       (select workspace_id, stream from delta_states where updated_at < now() - interval '${KEPT}' limit ${SWEEP_LIMIT})`,
    );
    return rowCount ?? 0;
  }
}
