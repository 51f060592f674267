import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '@scm/database';

export interface SessionRow {
  id: string;
  workspace_id: string;
  user_id: string;
  live: boolean;
}

export interface ConsumedToken {
  session_id: string;
  /** Consumed a moment ago: more likely a race of one client than a thief. */
  raced: boolean;
}

const REFRESH_DAYS = 14;
const ABSOLUTE_DAYS = 30;
const RACE_SECONDS = 15;

/** Sessions and their refresh tokens. A refresh names no workspace before its token is found, so this is the system role. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  async transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.acrossWorkspaces(work);
  }

  async open(tx: EntityManager, session: { id: string; workspaceId: string; userId: string }): Promise<void> {
    await tx.query(
      `insert into sessions (id, workspace_id, user_id, expires_at)
       values ($1, $2, $3, now() + interval '${ABSOLUTE_DAYS} days')`,
      [session.id, session.workspaceId, session.userId],
    );
  }

  async addToken(tx: EntityManager, token: { hash: string; workspaceId: string; sessionId: string }): Promise<void> {
    await tx.query(
      `insert into refresh_tokens (hash, workspace_id, session_id, expires_at)
       values ($1, $2, $3, now() + interval '${REFRESH_DAYS} days')`,
      [token.hash, token.workspaceId, token.sessionId],
    );
  }

  /** Compare-and-set: of any number of concurrent uses of one token, one gets its session and the others nothing. */
  async consume(tx: EntityManager, hash: string): Promise<SessionRow | undefined> {
    const [rows] = await tx.query<[{ session_id: string }[], number]>(
      `update refresh_tokens set consumed_at = now()
       where hash = $1 and consumed_at is null and expires_at > now() returning session_id`,
      [hash],
    );
    return rows[0] && this.find(tx, rows[0].session_id);
  }

  async findConsumed(tx: EntityManager, hash: string): Promise<ConsumedToken | undefined> {
    const rows = await tx.query<ConsumedToken[]>(
      `select session_id, consumed_at > now() - interval '${RACE_SECONDS} seconds' as raced
       from refresh_tokens where hash = $1 and consumed_at is not null`,
      [hash],
    );
    return rows[0];
  }

  async find(tx: EntityManager, id: string): Promise<SessionRow | undefined> {
    const rows = await tx.query<SessionRow[]>(
      `select id, workspace_id, user_id, revoked_at is null and expires_at > now() as live from sessions where id = $1`,
      [id],
    );
    return rows[0];
  }

  async revoke(tx: EntityManager, which: { id: string } | { userId: string }, reason: string): Promise<void> {
    const [column, value] = 'id' in which ? ['id', which.id] : ['user_id', which.userId];
    await tx.query(
      `update sessions set revoked_at = now(), revoked_reason = $2 where ${column} = $1 and revoked_at is null`,
      [value, reason],
    );
  }
}
