import { Injectable } from '@nestjs/common';
import type { Capability } from '@scm/contracts';
import { Database, unavailableIfAway } from '@scm/database';

/** Open steps of all workspaces: worker pools serve them all. */
@Injectable()
export class QueueDepthRepository {
  constructor(private readonly database: Database) {}

  /** How many calls of each workspace and capability are open. */
  async depths(): Promise<{ workspaceId: string; capability: Capability; count: number }[]> {
    const asked = this.database.systemPool.query<{ workspaceId: string; capability: Capability; count: number }>(
      `select workspace_id as "workspaceId", call as capability, count(*)::int as count
       from executions, unnest(open_calls) call where ended_at is null and open_calls is not null group by 1, 2`,
    );
    return (await asked.catch((error: unknown) => Promise.reject(unavailableIfAway(error)))).rows;
  }

  /** How many steps of a capability are open, how many of them are held back, and when the `skip`-th oldest was opened. */
  async openSteps(capability: Capability, skip: number): Promise<{ count: number; held: number; openedAt?: Date }> {
    const asked = this.database.systemPool.query<{ count: string; held: string; opened_at: Date | null }>(
      `select (select coalesce(sum(cardinality(array_positions(open_calls, $1))), 0) from executions
          where ended_at is null and $1 = any(open_calls)) as count,
         (select count(*) from admissions where blocked_by is not null and lane = $1) as held,
         (select opened_at from executions where ended_at is null and $1 = any(open_calls)
          order by opened_at offset $2 limit 1) as opened_at`,
      [capability, skip],
    );
    const { rows } = await asked.catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
    const [row] = rows;
    const { count = 0, held = 0 } = row ?? {};
    return { count: Number(count), held: Number(held), ...(row?.opened_at && { openedAt: row.opened_at }) };
  }
}
