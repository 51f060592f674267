import { Injectable } from '@nestjs/common';
import { Database } from '@scm/database';

@Injectable()
export class WorkspaceKeyRepository {
  constructor(private readonly database: Database) {}

  /** The wrapped key of a workspace: the one it has, or else the one proposed. */
  async keep(workspaceId: string, proposed: string): Promise<string> {
    return this.database.inWorkspace(workspaceId, async (tx) => {
      await tx.query(
        `insert into workspace_keys (workspace_id, wrapped, created_at) values ($1, $2, now()) on conflict do nothing`,
        [workspaceId, proposed],
      );
      const [row] = await tx.query<{ wrapped: string }[]>(
        `select wrapped from workspace_keys where workspace_id = $1`,
        [workspaceId],
      );
      return row?.wrapped ?? proposed;
    });
  }
}
