import { Injectable } from '@nestjs/common';
import type { Capability } from '@scm/contracts';
import { Database, unavailableIfAway } from '@scm/database';

/** Open steps of all workspaces: worker pools serve them all. */
@Injectable()
export class QueueRepository {
  constructor(private readonly database: Database) {}

  /** How many steps of a capability are open, and when the `skip`-th oldest of them was opened. */
  async openSteps(capability: Capability, skip: number): Promise<{ count: number; openedAt?: Date }> {
    const asked = this.database.systemPool.query<{ count: string; opened_at: Date | null }>(
      `select (select coalesce(sum(cardinality(array_positions(open_calls, $1))), 0) from executions
          where ended_at is null and $1 = any(open_calls)) as count,
         (select opened_at from executions where ended_at is null and $1 = any(open_calls)
          order by opened_at offset $2 limit 1) as opened_at`,
      [capability, skip],
    );
    const { rows } = await asked.catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
    const [row] = rows;
    return { count: Number(row?.count ?? 0), ...(row?.opened_at && { openedAt: row.opened_at }) };
  }
}
