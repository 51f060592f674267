import { Injectable } from '@nestjs/common';
import { Database } from '@scm/database';
import type { EntityManager } from 'typeorm';
import type { Wanted } from './held-authorization.js';

export interface AuthorizationRow {
  upstream_id: string;
  sealed: string | null;
  issuer: string | null;
  scope: string | null;
  wanted: Wanted | null;
  authorized_at: Date | null;
  expires_at: Date | null;
}

const COLUMNS = 'upstream_id, sealed, issuer, scope, wanted, authorized_at, expires_at';

@Injectable()
export class AuthorizationsRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  async find(tx: EntityManager, upstreamId: string): Promise<AuthorizationRow | undefined> {
    const rows = await tx.query<AuthorizationRow[]>(
      `select ${COLUMNS} from upstream_authorizations where upstream_id = $1`,
      [upstreamId],
    );
    return rows[0];
  }

  /** Waits for whoever changes it, at this replica or another one. Undefined when there is no such upstream any more. */
  async lock(tx: EntityManager, upstreamId: string): Promise<AuthorizationRow | undefined> {
    await tx.query(
      `insert into upstream_authorizations (upstream_id, workspace_id)
       select id, workspace_id from upstreams where id = $1 on conflict do nothing`,
      [upstreamId],
    );
    const rows = await tx.query<AuthorizationRow[]>(
      `select ${COLUMNS} from upstream_authorizations where upstream_id = $1 for update`,
      [upstreamId],
    );
    return rows[0];
  }

  async save(tx: EntityManager, row: AuthorizationRow): Promise<void> {
    await tx.query(
      `update upstream_authorizations
       set sealed = $2, issuer = $3, scope = $4, wanted = $5, authorized_at = $6, expires_at = $7
       where upstream_id = $1`,
      // prettier-ignore
      [row.upstream_id, row.sealed, row.issuer, row.scope, row.wanted, row.authorized_at, row.expires_at],
    );
  }

  /** With what was begun for it. */
  async remove(tx: EntityManager, upstreamId: string): Promise<void> {
    await tx.query(`delete from upstream_authorizations where upstream_id = $1`, [upstreamId]);
    await tx.query(`delete from upstream_authorization_requests where upstream_id = $1`, [upstreamId]);
  }
}
