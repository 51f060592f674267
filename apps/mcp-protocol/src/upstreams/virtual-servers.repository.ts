import { Injectable } from '@nestjs/common';
import type { VirtualServerMember } from '@scm/contracts';
import { Database } from '@scm/database';
import type { EntityManager } from 'typeorm';

export interface VirtualServerRow {
  name: string;
  members: VirtualServerMember[];
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = 'name, members, created_at, updated_at';

@Injectable()
export class VirtualServersRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  async set(
    tx: EntityManager,
    { workspaceId, name, members }: { workspaceId: string; name: string; members: readonly VirtualServerMember[] },
  ): Promise<VirtualServerRow[]> {
    return tx.query<VirtualServerRow[]>(
      `insert into virtual_servers (workspace_id, name, members) values ($1, $2, $3)
       on conflict (workspace_id, name) do update set members = excluded.members, updated_at = now()
       returning ${COLUMNS}`,
      [workspaceId, name, JSON.stringify(members)],
    );
  }

  async find(tx: EntityManager, workspaceId: string, name: string): Promise<VirtualServerRow | undefined> {
    const rows = await tx.query<VirtualServerRow[]>(
      `select ${COLUMNS} from virtual_servers where workspace_id = $1 and name = $2`,
      [workspaceId, name],
    );
    return rows[0];
  }

  async list(tx: EntityManager, workspaceId: string, limit: number, after?: string): Promise<VirtualServerRow[]> {
    return tx.query<VirtualServerRow[]>(
      `select ${COLUMNS} from virtual_servers where workspace_id = $1 and ($2::text is null or name > $2)
       order by name limit $3`,
      [workspaceId, after ?? null, limit],
    );
  }

  /** @returns false when there is none of that name. */
  async remove(tx: EntityManager, workspaceId: string, name: string): Promise<boolean> {
    const [, removed] = await tx.query<[unknown[], number]>(
      `delete from virtual_servers where workspace_id = $1 and name = $2`,
      [workspaceId, name],
    );
    return removed > 0;
  }
}
