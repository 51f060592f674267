import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Channel, Severity } from '@scm/contracts';
import { Database, newId, type CursorKey } from '@scm/database';

export interface NotificationRow {
  id: string;
  workspace_id: string;
  topic: string;
  title: string;
  body: string;
  severity: Severity;
  data: Record<string, unknown>;
  created_at: Date;
  read_at: Date | null;
}

export interface NewNotification {
  id: string;
  key: string;
  topic: string;
  title: string;
  body: string;
  severity: Severity;
  data: object;
  traceparent?: string;
}

const COLUMNS = `id, workspace_id, topic, title, body, severity, data, created_at, read_at`;

@Injectable()
export class NotificationsRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  /** @returns false when the key was used: then nothing changed. */
  async add(tx: EntityManager, workspaceId: string, n: NewNotification): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `insert into notifications (id, workspace_id, key, topic, title, body, severity, data, traceparent)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (workspace_id, key) do nothing returning 1`,
      [n.id, workspaceId, n.key, n.topic, n.title, n.body, n.severity, JSON.stringify(n.data), n.traceparent ?? null],
    );
    return rows.length > 0;
  }

  /** One delivery for the inbox, confirmed at once, and one for each enabled webhook that wants the topic. */
  async addDeliveries(
    tx: EntityManager,
    n: { id: string; workspaceId: string; topic: string },
    channels: readonly Channel[],
  ): Promise<void> {
    if (channels.includes('inbox')) {
      await tx.query(
        `insert into deliveries (id, workspace_id, notification_id, channel, state, attempts, confirmed_at)
         values ($1, $2, $3, 'inbox', 'confirmed', 1, now())`,
        [newId(), n.workspaceId, n.id],
      );
    }
    if (!channels.includes('webhook')) return;
    await tx.query(
      `insert into deliveries (id, workspace_id, notification_id, channel, webhook_id, state, next_attempt_at)
       select gen_random_uuid(), $1, $2, 'webhook', w.id, 'pending', now() from webhooks w
       where w.workspace_id = $1 and w.enabled and (w.topics = '{}' or exists (
         select 1 from unnest(w.topics) as t(pattern)
         where $3 = pattern or (right(pattern, 1) = '*' and starts_with($3, left(pattern, -1)))))`,
      [n.workspaceId, n.id, n.topic],
    );
  }

  async find(tx: EntityManager, by: { id: string } | { key: string }): Promise<NotificationRow | undefined> {
    const [column, value] = 'id' in by ? ['id', by.id] : ['key', by.key];
    const rows = await tx.query<NotificationRow[]>(
      `select ${COLUMNS} from notifications where ${column} = $1 and workspace_id = current_setting('scm.workspace')::uuid`,
      [value],
    );
    return rows[0];
  }

  /** Newest first. */
  async list(
    tx: EntityManager,
    workspaceId: string,
    unread: boolean | undefined,
    limit: number,
    before?: CursorKey,
  ): Promise<NotificationRow[]> {
    return tx.query<NotificationRow[]>(
      `select ${COLUMNS} from notifications n
       where workspace_id = $1 and ($2::boolean is null or (read_at is null) = $2)
         and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
         and exists (select 1 from deliveries d where d.notification_id = n.id and d.channel = 'inbox')
       order by created_at desc, id desc limit $5`,
      [workspaceId, unread ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
    );
  }

  async markRead(tx: EntityManager, id: string): Promise<void> {
    await tx.query(`update notifications set read_at = coalesce(read_at, now()) where id = $1`, [id]);
  }
}
