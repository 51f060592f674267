import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, type CursorKey } from '@scm/database';

export interface WebhookRow {
  id: string;
  url: string;
  topics: string[];
  enabled: boolean;
  created_at: Date;
}

export type WebhookToSend = Pick<WebhookRow, 'url' | 'enabled'> & { sealed_secret: string };

const COLUMNS = `id, url, topics, enabled, created_at`;

@Injectable()
export class WebhooksRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  async add(
    tx: EntityManager,
    w: { id: string; workspaceId: string; url: string; topics: string[]; sealedSecret: string },
  ): Promise<WebhookRow | undefined> {
    await tx.query(
      `insert into webhooks (id, workspace_id, url, topics, sealed_secret) values ($1, $2, $3, $4, $5)
       on conflict (id) do update set sealed_secret = excluded.sealed_secret`,
      [w.id, w.workspaceId, w.url, w.topics, w.sealedSecret],
    );
    const rows = await tx.query<WebhookRow[]>(`select ${COLUMNS} from webhooks where id = $1`, [w.id]);
    return rows[0];
  }

  /** What it takes to send to it. */
  async findToSend(tx: EntityManager, id: string): Promise<WebhookToSend | undefined> {
    const rows = await tx.query<WebhookToSend[]>(`select url, enabled, sealed_secret from webhooks where id = $1`, [
      id,
    ]);
    return rows[0];
  }

  async list(tx: EntityManager, workspaceId: string, limit: number, after?: CursorKey): Promise<WebhookRow[]> {
    return tx.query<WebhookRow[]>(
      `select ${COLUMNS} from webhooks
       where workspace_id = $1 and ($2::timestamptz is null or (created_at, id) > ($2, $3::uuid))
       order by created_at, id limit $4`,
      [workspaceId, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  /** @returns false when there is none of that id. */
  async remove(tx: EntityManager, id: string): Promise<boolean> {
    const [, removed] = await tx.query<[unknown[], number]>(`delete from webhooks where id = $1`, [id]);
    return removed > 0;
  }
}
