import { Injectable } from '@nestjs/common';
import { Database } from '@scm/database';
import type { Session, SessionChange } from './session.js';

interface SessionRow {
  id: string;
  workspace_id: string;
  principal: string;
  transport: Session['transport'];
  revision: Session['revision'] | null;
  server: string | null;
  request_meta: Session['requestMeta'];
  log_level: Session['logLevel'] | null;
  subscriptions: string[];
}

const columns: Record<keyof SessionChange, string> = {
  revision: 'revision',
  requestMeta: 'request_meta',
  logLevel: 'log_level',
};

@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds a session; of its caller's others only so many are kept, the ones used last. What somebody else is about to change or
   * remove is passed over: two that wait for each other's rows would both fail.
   */
  async add(s: Session, kept: number): Promise<void> {
    await this.database.inWorkspace(s.workspaceId, async (tx) => {
      await tx.query(
        `delete from sessions where id in (select id from sessions where workspace_id = $1 and principal = $2
         order by used_at desc offset $3 for update skip locked)`,
        [s.workspaceId, s.principal, kept],
      );
      await tx.query(
        `insert into sessions (id, workspace_id, principal, transport, revision, server, request_meta)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          s.id,
          s.workspaceId,
          s.principal,
          s.transport,
          s.revision ?? null,
          s.server ?? null,
          JSON.stringify(s.requestMeta),
        ],
      );
    });
  }

  async find(workspaceId: string, id: string): Promise<Session | undefined> {
    const [[row]] = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<[SessionRow[], number]>(`update sessions set used_at = now() where id = $1 returning *`, [id]),
    );
    return row && toSession(row);
  }

  async change(workspaceId: string, id: string, change: SessionChange): Promise<void> {
    const entries = Object.entries(change) as [keyof SessionChange, unknown][];
    const set = entries.map(([key], i) => `${columns[key]} = $${i + 2}`).join(', ');
    const values = entries.map(([key, value]) => (key === 'requestMeta' ? JSON.stringify(value) : value));
    await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query(`update sessions set ${set}, used_at = now() where id = $1`, [id, ...values]),
    );
  }

  /** False when the session has as many subscriptions as it may. */
  async subscribe(workspaceId: string, id: string, uri: string, max: number): Promise<boolean> {
    const [, count] = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<[unknown, number]>(
        `update sessions set subscriptions = array_append(array_remove(subscriptions, $2), $2)
         where id = $1 and (cardinality(subscriptions) < $3 or $2 = any(subscriptions))`,
        [id, uri, max],
      ),
    );
    return count > 0;
  }

  async unsubscribe(workspaceId: string, id: string, uri: string): Promise<void> {
    await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query(`update sessions set subscriptions = array_remove(subscriptions, $2) where id = $1`, [id, uri]),
    );
  }

  async remove(workspaceId: string, id: string): Promise<void> {
    await this.database.inWorkspace(workspaceId, (tx) => tx.query(`delete from sessions where id = $1`, [id]));
  }

  /** Forgets those that nobody used for so long. */
  async sweep(hours: number): Promise<void> {
    await this.database.acrossWorkspaces((tx) =>
      tx.query(`delete from sessions where used_at < now() - make_interval(hours => $1)`, [hours]),
    );
  }
}

function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    principal: row.principal,
    transport: row.transport,
    revision: row.revision ?? undefined,
    server: row.server ?? undefined,
    requestMeta: row.request_meta,
    logLevel: row.log_level ?? undefined,
    subscriptions: row.subscriptions,
  };
}
