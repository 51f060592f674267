import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, type CursorKey } from '@scm/database';

export interface SilenceRow {
  id: string;
  workspace_id: string;
  matchers: Record<string, string>;
  starts_at: Date;
  ends_at: Date;
  comment: string;
  created_by: string;
  created_at: Date;
  state: 'pending' | 'active' | 'expired';
}

const STATE = `case when ends_at <= now() then 'expired' when starts_at > now() then 'pending' else 'active' end`;

@Injectable()
export class SilencesRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  async add(
    tx: EntityManager,
    s: {
      id: string;
      workspaceId: string;
      matchers: Record<string, string>;
      startsAt?: string;
      endsAt: string;
      comment: string;
      createdBy: string;
    },
  ): Promise<void> {
    await tx.query(
      `insert into silences (id, workspace_id, matchers, starts_at, ends_at, comment, created_by)
       values ($1, $2, $3, coalesce($4::timestamptz, now()), $5, $6, $7) on conflict do nothing`,
      [s.id, s.workspaceId, JSON.stringify(s.matchers), s.startsAt ?? null, s.endsAt, s.comment, s.createdBy],
    );
  }

  async find(tx: EntityManager, id: string): Promise<SilenceRow | undefined> {
    const rows = await tx.query<SilenceRow[]>(`select *, ${STATE} as state from silences where id = $1`, [id]);
    return rows[0];
  }

  async active(tx: EntityManager, workspaceId: string): Promise<SilenceRow[]> {
    return tx.query<SilenceRow[]>(
      `select *, ${STATE} as state from silences where workspace_id = $1 and ends_at > now() and starts_at <= now() limit 1000`,
      [workspaceId],
    );
  }

  /** Newest first. */
  async list(tx: EntityManager, workspaceId: string, limit: number, before?: CursorKey): Promise<SilenceRow[]> {
    return tx.query<SilenceRow[]>(
      `select *, ${STATE} as state from silences
       where workspace_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
       order by created_at desc, id desc limit $4`,
      [workspaceId, before?.[0] ?? null, before?.[1] ?? null, limit],
    );
  }

  async expire(tx: EntityManager, id: string): Promise<void> {
    await tx.query(`update silences set ends_at = least(ends_at, now()) where id = $1`, [id]);
  }

  /** The silences that began or ended since that was last announced, of every workspace; they are marked as announced. */
  async takeUnannounced(work: (tx: EntityManager, rows: SilenceRow[]) => Promise<void>): Promise<number> {
    return this.database.acrossWorkspaces(async (tx) => {
      const rows = await tx.query<SilenceRow[]>(
        `select *, ${STATE} as state from silences where announced <> 'expired' and announced <> ${STATE}
         order by id limit 100 for update skip locked`,
      );
      await work(tx, rows);
      for (const row of rows) await tx.query(`update silences set announced = $2 where id = $1`, [row.id, row.state]);
      return rows.length;
    });
  }
}
