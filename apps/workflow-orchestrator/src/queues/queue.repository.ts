import { Injectable } from '@nestjs/common';
import { Database, unavailableIfAway } from '@scm/database';
import type { QueryConfig, QueryResultRow } from 'pg';
import type { ExecutionRow } from '../executions/execution.entities.js';
import type { AdmissionRow } from './admission.entities.js';

/** Where one call, or a whole execution, stands in the queue. */
export interface Place extends Pick<AdmissionRow, 'frame' | 'lane' | 'priority' | 'limits' | 'queuedAt' | 'blockedBy'> {
  /** How many come before it, counted up to `MAX_AHEAD`. */
  ahead: number;
}

export const MAX_AHEAD = 10_000;

/** What waits in the queue of one execution. Workers serve every workspace, so its place is one among those of all. */
@Injectable()
export class QueueRepository {
  constructor(private readonly database: Database) {}

  /** The frames of an execution that have not been admitted. */
  async waiting({ id, queued }: Pick<ExecutionRow, 'id' | 'queued'>): Promise<Set<number>> {
    if (!queued) return new Set();
    const rows = await this.query<{ frame: number }>({
      name: 'waiting-frames',
      text: `select frame from admissions where execution_id = $1 and admitted_at is null`,
      values: [id],
    });
    return new Set(rows.map(({ frame }) => frame));
  }

  /** Keeps frames from being admitted; gives those that had not been. */
  async withdraw({ id }: Pick<ExecutionRow, 'id'>, frames: readonly number[]): Promise<number[]> {
    const rows = await this.query<{ frame: number }>({
      name: 'withdraw-frames',
      text: `update admissions set blocked_by = 'withdrawn' where execution_id = $1 and frame = any($2::int[])
        and admitted_at is null returning frame`,
      values: [id, frames],
    });
    return rows.map(({ frame }) => frame);
  }

  async placesOf({ id, queued }: Pick<ExecutionRow, 'id' | 'queued'>): Promise<Map<number, Place>> {
    if (!queued) return new Map();
    const rows = await this.query<Place>({
      name: 'places-in-queue',
      text: `select a.frame, a.lane, a.priority, a.limits, a.queued_at as "queuedAt", a.blocked_by as "blockedBy",
          (select count(*)::int from (select 1 from admissions b where b.lane = a.lane and b.admitted_at is null
             and b.blocked_by is null and (b.priority, b.rank) < (a.priority, a.rank) limit ${MAX_AHEAD}) c) as ahead
        from admissions a where a.execution_id = $1 and a.admitted_at is null`,
      values: [id],
    });
    return new Map(rows.map((row) => [row.frame, row]));
  }

  private async query<Row extends QueryResultRow>(prepared: QueryConfig): Promise<Row[]> {
    const asked = this.database.systemPool.query<Row>(prepared);
    return (await asked.catch((error: unknown) => Promise.reject(unavailableIfAway(error)))).rows;
  }
}
