import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Channel, Delivery, Severity } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';

export interface DeliveryRow {
  id: string;
  notification_id: string;
  channel: Channel;
  webhook_id: string | null;
  state: string;
  attempts: number;
  next_attempt_at: Date | null;
  confirmed_at: Date | null;
  reason: string | null;
  created_at: Date;
}

/** A delivery that is due, with all it takes to send it. */
export interface DueDelivery {
  id: string;
  workspace_id: string;
  attempts: number;
  notification_id: string;
  topic: string;
  title: string;
  body: string;
  severity: Severity;
  data: Record<string, unknown>;
  created_at: Date;
  traceparent: string | null;
  webhook_id: string;
  url: string | null;
  sealed_secret: string | null;
  enabled: boolean | null;
}

const LEASE_SECONDS = 60;

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

  /** Leases due deliveries of every workspace: another replica takes one over only when its lease is over. */
  async takeDue(limit: number): Promise<DueDelivery[]> {
    return this.database.acrossWorkspaces((tx) =>
      tx.query<DueDelivery[]>(
        `with due as (
           select id from deliveries where state in ('pending', 'retrying', 'sending') and next_attempt_at <= now()
             and (state <> 'sending' or locked_until < now())
           order by next_attempt_at limit $1 for update skip locked),
         taken as (
           update deliveries d set state = 'sending', attempts = attempts + 1,
             locked_until = now() + interval '${LEASE_SECONDS} seconds'
           from due where d.id = due.id returning d.*)
         select t.id, t.workspace_id, t.attempts, t.notification_id, t.webhook_id, n.topic, n.title, n.body, n.severity,
           n.data, n.created_at, n.traceparent, w.url, w.sealed_secret, w.enabled
         from taken t join notifications n on n.id = t.notification_id left join webhooks w on w.id = t.webhook_id`,
        [limit],
      ),
    );
  }

  /** One end of an attempt, with what else belongs to it, in one transaction. */
  async finish(work: (tx: EntityManager) => Promise<void>): Promise<void> {
    await this.database.acrossWorkspaces(work);
  }

  async confirm(tx: EntityManager, id: string): Promise<void> {
    await tx.query(
      `update deliveries set state = 'confirmed', confirmed_at = now(), reason = null, locked_until = null where id = $1`,
      [id],
    );
  }

  async retry(tx: EntityManager, id: string, afterMs: number, reason: string): Promise<void> {
    await tx.query(
      `update deliveries set state = 'retrying', reason = $3, locked_until = null,
         next_attempt_at = now() + make_interval(secs => $2) where id = $1`,
      [id, afterMs / 1_000, reason],
    );
  }

  /** As if the try had not been begun. */
  async giveBack(tx: EntityManager, id: string): Promise<void> {
    await tx.query(
      `update deliveries set state = 'retrying', attempts = attempts - 1, locked_until = null, next_attempt_at = now()
       where id = $1`,
      [id],
    );
  }

  async deadLetter(tx: EntityManager, id: string, reason: string): Promise<void> {
    await tx.query(`update deliveries set state = 'dead-lettered', reason = $2, locked_until = null where id = $1`, [
      id,
      reason,
    ]);
  }

  async disableWebhook(tx: EntityManager, webhookId: string): Promise<void> {
    await tx.query(`update webhooks set enabled = false where id = $1`, [webhookId]);
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
    state,
    attempts,
    ...(waiting && row.next_attempt_at && { nextAttemptAt: row.next_attempt_at.toISOString() }),
    ...(row.confirmed_at && { confirmedAt: row.confirmed_at.toISOString() }),
    ...(row.reason && { reason: row.reason }),
    createdAt: row.created_at.toISOString(),
  };
}
