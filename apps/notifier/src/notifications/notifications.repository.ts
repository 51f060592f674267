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
  inbox_title: string | null;
  inbox_body: string | null;
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
  inInbox: boolean;
  /** What the inbox shows instead. */
  inbox?: { title?: string; body: string };
}

/** One delivery of a channel, worded by a template. */
interface Worded {
  id: string;
  workspaceId: string;
  template: string;
}

export type ContactChannel = Exclude<Channel, 'inbox'>;

const contactPoints = {
  webhook: { table: 'webhooks', column: 'webhook_id', where: 'c.enabled' },
  email: { table: 'email_contacts', column: 'email_contact_id', where: 'true' },
} as const satisfies Record<ContactChannel, object>;

const COLUMNS = `id, workspace_id, topic, title, body, severity, data, created_at, read_at, inbox_title, inbox_body`;

@Injectable()
export class NotificationsRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  /** @returns false when the key was used: then nothing changed. */
  async add(tx: EntityManager, workspaceId: string, n: NewNotification): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `insert into notifications
         (id, workspace_id, key, topic, title, body, severity, data, traceparent, in_inbox, inbox_title, inbox_body)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (workspace_id, key) do nothing returning 1`,
      [...valuesOf(workspaceId, n), n.traceparent ?? null, n.inInbox, n.inbox?.title ?? null, n.inbox?.body ?? null],
    );
    return rows.length > 0;
  }

  /** The inbox's delivery is confirmed at once. */
  async addInboxDelivery(tx: EntityManager, n: Worded, note?: string): Promise<void> {
    await tx.query(
      `insert into deliveries
         (id, workspace_id, notification_id, channel, state, attempts, confirmed_at, template, reason)
       values ($1, $2, $3, 'inbox', 'confirmed', 1, now(), $4, $5)`,
      [newId(), n.workspaceId, n.id, n.template, note ?? null],
    );
  }

  /** One delivery for each contact point of the channel that wants the topic. */
  async addDeliveries(tx: EntityManager, channel: ContactChannel, n: Worded & { topic: string }): Promise<void> {
    const { table, column, where } = contactPoints[channel];
    await tx.query(
      `insert into deliveries
         (id, workspace_id, notification_id, channel, ${column}, state, next_attempt_at, template)
       select gen_random_uuid(), $1, $2, '${channel}', c.id, 'pending', now(), $4 from ${table} c
       where c.workspace_id = $1 and ${where} and (c.topics = '{}' or exists (
         select 1 from unnest(c.topics) as t(pattern)
         where $3 = pattern or (right(pattern, 1) = '*' and starts_with($3, left(pattern, -1)))))`,
      [n.workspaceId, n.id, n.topic, n.template],
    );
  }

  /** One delivery to one contact point. */
  async addDelivery(tx: EntityManager, channel: ContactChannel, n: Worded, target: string): Promise<void> {
    await tx.query(
      `insert into deliveries
         (id, workspace_id, notification_id, channel, ${contactPoints[channel].column}, state, next_attempt_at, template)
       values ($1, $2, $3, '${channel}', $4, 'pending', now(), $5)`,
      [newId(), n.workspaceId, n.id, target, n.template],
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

  /** The inbox, newest first. */
  async list(
    tx: EntityManager,
    workspaceId: string,
    unread: boolean | undefined,
    limit: number,
    before?: CursorKey,
  ): Promise<NotificationRow[]> {
    return tx.query<NotificationRow[]>(
      `select ${COLUMNS} from notifications
       where workspace_id = $1 and in_inbox and ($2::boolean is null or (read_at is null) = $2)
         and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
       order by created_at desc, id desc limit $5`,
      [workspaceId, unread ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
    );
  }

  async markRead(tx: EntityManager, id: string): Promise<void> {
    await tx.query(`update notifications set read_at = coalesce(read_at, now()) where id = $1`, [id]);
  }
}

function valuesOf(workspaceId: string, { id, key, topic, title, body, severity, data }: NewNotification): unknown[] {
  return [id, workspaceId, key, topic, title, body, severity, JSON.stringify(data)];
}
