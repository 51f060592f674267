import { Injectable } from '@nestjs/common';
import { Database, unavailableIfAway } from '@scm/database';

/**
 * Over the system role's pool: whoever needs a key may hold a connection of the other one, and all of them may wait for the
 * same key.
 */
@Injectable()
export class WorkspaceKeyRepository {
  constructor(private readonly database: Database) {}

  /** The wrapped key of a workspace: the one it has, or else the one proposed. */
  async keep(workspaceId: string, proposed: string): Promise<string> {
    await this.query(
      `insert into workspace_keys (workspace_id, wrapped, created_at) values ($1, $2, now()) on conflict do nothing`,
      [workspaceId, proposed],
    );
    const [row] = await this.query<{ wrapped: string }>(`select wrapped from workspace_keys where workspace_id = $1`, [
      workspaceId,
    ]);
    return row?.wrapped ?? proposed;
  }

  private async query<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    const asked = this.database.systemPool.query<Row>(text, values);
    return (await asked.catch((error: unknown) => Promise.reject(unavailableIfAway(error)))).rows;
  }
}
