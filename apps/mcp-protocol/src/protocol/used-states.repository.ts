import { Injectable } from '@nestjs/common';
import { Database } from '@scm/database';

/** Sealed states that came back: none of them is accepted a second time. */
@Injectable()
export class UsedStatesRepository {
  constructor(private readonly database: Database) {}

  /** False when it was used before. */
  async use(workspaceId: string, id: string, expiresAt: Date): Promise<boolean> {
    const rows = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<unknown[]>(
        `insert into used_request_states (id, workspace_id, expires_at) values ($1, $2, $3)
         on conflict do nothing returning id`,
        [id, workspaceId, expiresAt],
      ),
    );
    return rows.length > 0;
  }

  async sweep(): Promise<void> {
    await this.database.acrossWorkspaces((tx) => tx.query(`delete from used_request_states where expires_at < now()`));
  }
}
