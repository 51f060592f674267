import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Channel, Delivery } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';

export interface DeliveryRow {
  id: string;
  notification_id: string;
  channel: Channel;
  webhook_id: string | null;
  email_contact_id: string | null;
  template: string | null;
  state: string;
  attempts: number;
  next_attempt_at: Date | null;
  confirmed_at: Date | null;
  reason: string | null;
  created_at: Date;
}

@Injectable()
export class DeliveriesRepository {
  constructor(private readonly database: Database) {}

  async ofNotification(tx: EntityManager, notificationId: string): Promise<DeliveryRow[]> {
    return tx.query<DeliveryRow[]>(`select * from deliveries where notification_id = $1 order by created_at, id`, [
      notificationId,
    ]);
  }

  /** Newest first. */
  async list(
    workspaceId: string,
    state: string | undefined,
    limit: number,
    before?: CursorKey,
  ): Promise<DeliveryRow[]> {
    return this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<DeliveryRow[]>(
        `select * from deliveries where workspace_id = $1 and ($2::text is null or state = $2)
           and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
         order by created_at desc, id desc limit $5`,
        [workspaceId, state ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
      ),
    );
  }
}

export function toDelivery(row: DeliveryRow): Delivery {
  const { id, channel, state, attempts } = row;
  const waiting = state === 'pending' || state === 'retrying';
  return {
    id,
    notificationId: row.notification_id,
    channel,
    ...(row.webhook_id && { webhookId: row.webhook_id }),
    ...(row.email_contact_id && { emailContactId: row.email_contact_id }),
    ...(row.template && { template: row.template }),
    state,
    attempts,
    ...(waiting && row.next_attempt_at && { nextAttemptAt: row.next_attempt_at.toISOString() }),
    ...(row.confirmed_at && { confirmedAt: row.confirmed_at.toISOString() }),
    ...(row.reason && { reason: row.reason }),
    createdAt: row.created_at.toISOString(),
  };
}
