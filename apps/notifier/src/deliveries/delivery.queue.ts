import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Severity } from '@scm/contracts';
import { Database } from '@scm/database';
import type { ChannelSender } from './channel.sender.js';

/** A delivery that is due, with what it tells. */
export interface DueDelivery {
  id: string;
  workspace_id: string;
  /** The webhook or the e-mail contact. */
  target: string;
  channel: 'webhook' | 'email';
  attempts: number;
  template: string | null;
  notification_id: string;
  topic: string;
  title: string;
  body: string;
  severity: Severity;
  data: Record<string, unknown>;
  created_at: Date;
  traceparent: string | null;
}

/** A replica that died holds its deliveries that long; one that works renews its hold on them. */
const LEASE_SECONDS = 10;

const targetColumns = { webhook: 'webhook_id', email: 'email_contact_id' } as const;

/** The deliveries of every workspace as work to do. */
@Injectable()
export class DeliveryQueue {
  constructor(private readonly database: Database) {}

  /**
   * Leases due deliveries of one channel: another replica takes one over only when its lease is over. `busy` names the
   * target of each try under way, so that none gets more than its share; the index leads past what waits for a slow one.
   */
  async takeDue(
    { channel, perTarget }: Pick<ChannelSender, 'channel' | 'perTarget'>,
    limit: number,
    busy: readonly string[],
  ): Promise<DueDelivery[]> {
    const target = targetColumns[channel];
    const isOpen = `channel = '${channel}' and state in ('pending', 'retrying', 'sending')`;
    const isDue = `next_attempt_at <= now() and (state <> 'sending' or locked_until < now())`;
    return this.database.acrossWorkspaces((tx) =>
      tx.query<DueDelivery[]>(
        `with recursive targets as (
           (select ${target} as id from deliveries where ${isOpen} order by 1 limit 1)
           union all
           select (select ${target} from deliveries where ${isOpen} and ${target} > t.id order by 1 limit 1)
           from targets t where t.id is not null),
         candidates as (
           select d.id from targets t, lateral (
             select id, next_attempt_at, row_number() over (order by next_attempt_at) as nth from deliveries
             where ${isOpen} and ${target} = t.id and ${isDue} order by next_attempt_at limit ${perTarget}) d
           where nth <= ${perTarget} - (select count(*) from unnest($2::uuid[]) as b(id) where b.id = t.id)
           order by next_attempt_at limit $1),
         due as (
           select id from deliveries where id in (select id from candidates) and ${isOpen} and ${isDue}
           for update skip locked),
         taken as (
           update deliveries d set state = 'sending', attempts = attempts + 1,
             locked_until = now() + interval '${LEASE_SECONDS} seconds'
           from due where d.id = due.id returning d.*)
         select t.id, t.workspace_id, t.${target} as target, t.channel, t.attempts, t.template, t.notification_id,
           n.topic, n.title, n.body, n.severity, n.data, n.created_at, n.traceparent
         from taken t join notifications n on n.id = t.notification_id`,
        [limit, busy],
      ),
    );
  }

  /** Holds deliveries whose tries are still under way. */
  async renew(ids: readonly string[]): Promise<void> {
    await this.database.acrossWorkspaces((tx) =>
      tx.query(
        `update deliveries set locked_until = now() + interval '${LEASE_SECONDS} seconds'
         where id = any($1) and state = 'sending'`,
        [ids],
      ),
    );
  }

  /** One end of an attempt, with what else belongs to it, in one transaction. */
  async finish(work: (tx: EntityManager) => Promise<void>): Promise<void> {
    await this.database.acrossWorkspaces(work);
  }

  async confirm(tx: EntityManager, id: string, note?: string): Promise<void> {
    await tx.query(
      `update deliveries set state = 'confirmed', confirmed_at = now(), reason = $2, locked_until = null where id = $1`,
      [id, note ?? null],
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
