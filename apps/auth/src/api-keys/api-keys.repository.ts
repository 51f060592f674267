import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Role } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';

export interface ApiKeyRow {
  id: string;
  workspace_id: string;
  name: string;
  role: Role;
  secret_hash: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  usable: boolean;
}

const COLUMNS = `id, workspace_id, name, role, secret_hash, created_at, expires_at, revoked_at, last_used_at,
  revoked_at is null and (expires_at is null or expires_at > now()) as usable`;

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  async add(
    tx: EntityManager,
    key: {
      id: string;
      workspaceId: string;
      name: string;
      role: Role;
      secretHash: string;
      createdBy: string;
      expiresAt?: string;
    },
  ): Promise<ApiKeyRow | undefined> {
    await tx.query(
      `insert into api_keys (id, workspace_id, name, role, secret_hash, created_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do update set secret_hash = excluded.secret_hash`,
      [key.id, key.workspaceId, key.name, key.role, key.secretHash, key.createdBy, key.expiresAt ?? null],
    );
    return this.find(tx, key.id);
  }

  async find(tx: EntityManager, id: string): Promise<ApiKeyRow | undefined> {
    const rows = await tx.query<ApiKeyRow[]>(`select ${COLUMNS} from api_keys where id = $1`, [id]);
    return rows[0];
  }

  async list(tx: EntityManager, limit: number, after?: CursorKey): Promise<ApiKeyRow[]> {
    return tx.query<ApiKeyRow[]>(
      `select ${COLUMNS} from api_keys where $1::timestamptz is null or (created_at, id) > ($1, $2::uuid)
       order by created_at, id limit $3`,
      [after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  async revoke(tx: EntityManager, id: string): Promise<void> {
    await tx.query(`update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1`, [id]);
  }

  /** Finds a presented key before its workspace is known, and notes its use at most once a minute. */
  async use(id: string): Promise<ApiKeyRow | undefined> {
    return this.database.acrossWorkspaces(async (tx) => {
      const row = await this.find(tx, id);
      if (row?.usable && Date.now() - (row.last_used_at?.getTime() ?? 0) > 60_000) {
        await tx.query(`update api_keys set last_used_at = now() where id = $1`, [id]);
      }
      return row;
    });
  }
}
