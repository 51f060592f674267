import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface AuthorizationRequestRow {
  id: string;
  upstream_id: string;
  sealed: string;
}

/** What was begun in a browser and waits for its end. */
@Injectable()
export class AuthorizationRequestsRepository {
  /** What nobody came back for is forgotten on the way. */
  async add(
    tx: EntityManager,
    workspaceId: string,
    { id, upstream_id, sealed }: AuthorizationRequestRow,
    expiresAt: Date,
  ): Promise<void> {
    await tx.query(`delete from upstream_authorization_requests where workspace_id = $1 and expires_at < now()`, [
      workspaceId,
    ]);
    await tx.query(
      `insert into upstream_authorization_requests (id, workspace_id, upstream_id, sealed, expires_at)
       values ($1, $2, $3, $4, $5)`,
      [id, workspaceId, upstream_id, sealed, expiresAt],
    );
  }

  /** Whoever takes it has it alone. Undefined when it was taken, or its time is over. */
  async take(tx: EntityManager, id: string): Promise<AuthorizationRequestRow | undefined> {
    const [rows] = await tx.query<[AuthorizationRequestRow[], number]>(
      `delete from upstream_authorization_requests where id = $1 and expires_at > now()
       returning id, upstream_id, sealed`,
      [id],
    );
    return rows[0];
  }
}
