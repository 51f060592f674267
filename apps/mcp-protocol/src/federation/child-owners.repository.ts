import { Injectable } from '@nestjs/common';
import { Database } from '@scm/database';
import type { UpstreamRow } from '../upstreams/upstreams.repository.js';

@Injectable()
export class ChildOwnersRepository {
  constructor(private readonly database: Database) {}

  /** Takes or renews the lease unless another replica has it. @returns who has it now. */
  async claim({ id, workspace_id }: UpstreamRow, replica: string, leaseMs: number): Promise<string | undefined> {
    return this.database.inWorkspace(workspace_id, async (tx) => {
      await tx.query(
        `insert into upstream_owners as o (upstream_id, workspace_id, replica, until)
         values ($1, $2, $3, now() + $4 * interval '1 ms')
         on conflict (upstream_id) do update set replica = excluded.replica, until = excluded.until
         where o.until < now() or o.replica = excluded.replica`,
        [id, workspace_id, replica, leaseMs],
      );
      const rows = await tx.query<{ replica: string }[]>(`select replica from upstream_owners where upstream_id = $1`, [
        id,
      ]);
      return rows[0]?.replica;
    });
  }

  async release({ id, workspace_id }: UpstreamRow, replica: string): Promise<void> {
    await this.database.inWorkspace(workspace_id, (tx) =>
      tx.query(`delete from upstream_owners where upstream_id = $1 and replica = $2`, [id, replica]),
    );
  }
}
