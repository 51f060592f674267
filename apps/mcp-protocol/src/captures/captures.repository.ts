import { Injectable } from '@nestjs/common';
import type { CaptureChange } from '@scm/contracts';
import { Database } from '@scm/database';
import type { EntityManager } from 'typeorm';
import { toCapture } from './capture-view.js';

export interface CaptureRow {
  id: string;
  workspace_id: string;
  server: string | null;
  method: string | null;
  principal: string | null;
  keeps_secrets: boolean;
  max_exchanges: number;
  exchange_count: number;
  started_at: Date;
  until_at: Date;
  ended_at: Date | null;
}

export type NewCapture = Omit<CaptureRow, 'exchange_count' | 'started_at' | 'until_at' | 'ended_at'> & {
  duration_seconds: number;
};

export const CAPTURE_COLUMNS = `id, workspace_id, server, method, principal, keeps_secrets, max_exchanges, exchange_count, started_at,
  until_at, ended_at`;

@Injectable()
export class CapturesRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  /** Those of every workspace that have not ended. */
  async active(): Promise<CaptureChange[]> {
    const rows = await this.database.acrossWorkspaces((tx) =>
      tx.query<CaptureRow[]>(`select ${CAPTURE_COLUMNS} from captures where ended_at is null and until_at > now()`),
    );
    return rows.map((row) => ({ workspaceId: row.workspace_id, capture: toCapture(row) }));
  }

  async add(tx: EntityManager, c: NewCapture): Promise<CaptureRow> {
    const [row] = await tx.query<[CaptureRow]>(
      `insert into captures (id, workspace_id, server, method, principal, keeps_secrets, max_exchanges, until_at)
       values ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8)) returning ${CAPTURE_COLUMNS}`,
      [c.id, c.workspace_id, c.server, c.method, c.principal, c.keeps_secrets, c.max_exchanges, c.duration_seconds],
    );
    return row;
  }

  async countActive(tx: EntityManager, workspaceId: string): Promise<number> {
    const [row] = await tx.query<[{ count: number }]>(
      `select count(*)::int as count from captures where workspace_id = $1 and ended_at is null and until_at > now()`,
      [workspaceId],
    );
    return row.count;
  }

  async find(tx: EntityManager, id: string): Promise<CaptureRow | undefined> {
    const rows = await tx.query<CaptureRow[]>(`select ${CAPTURE_COLUMNS} from captures where id = $1`, [id]);
    return rows[0];
  }

  /** The newest first: ids grow with time. */
  async list(tx: EntityManager, workspaceId: string, limit: number, before?: string): Promise<CaptureRow[]> {
    return tx.query<CaptureRow[]>(
      `select ${CAPTURE_COLUMNS} from captures where workspace_id = $1 and ($2::uuid is null or id < $2)
       order by id desc limit $3`,
      [workspaceId, before ?? null, limit],
    );
  }

  async stop(tx: EntityManager, id: string): Promise<CaptureRow | undefined> {
    const [rows] = await tx.query<[CaptureRow[], number]>(
      `update captures set ended_at = least(until_at, now()) where id = $1 and ended_at is null returning ${CAPTURE_COLUMNS}`,
      [id],
    );
    return rows[0] ?? this.find(tx, id);
  }

  /** With all that it kept. */
  async remove(tx: EntityManager, id: string): Promise<CaptureRow | undefined> {
    const [rows] = await tx.query<[CaptureRow[], number]>(
      `delete from captures where id = $1 returning ${CAPTURE_COLUMNS}`,
      [id],
    );
    await tx.query(`delete from captured_exchanges where capture_id = $1`, [id]);
    return rows[0];
  }

  /** Forgets what is older than so many hours. */
  async sweep(hours: number): Promise<void> {
    await this.database.acrossWorkspaces((tx) =>
      tx.query(
        `with old as (delete from captures where started_at < now() - make_interval(hours => $1) returning id)
         delete from captured_exchanges where capture_id in (select id from old)`,
        [hours],
      ),
    );
  }
}
