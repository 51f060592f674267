import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '@scm/audit';
import { currentTraceId, traced, traceFrom } from '@scm/messaging';
import { serviceActor } from '@scm/service';
import { NotifierConfig } from '../config.js';
import { EmailSender } from '../emails/email.sender.js';
import { WebhookSender } from '../webhooks/webhook.sender.js';
import type { ChannelSender, Outcome } from './channel.sender.js';
import { DeliveryLane } from './delivery.lane.js';
import { DeliveryQueue, type DueDelivery } from './delivery.queue.js';

/**
 * Sends deliveries over their channels, at least once. A try that fails is repeated by the schedule; after the last one,
 * or when repeating cannot help, the delivery is dead-lettered with the reason.
 */
@Injectable()
export class DeliverySender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly scheduleMs: readonly number[];
  private readonly lanes: readonly DeliveryLane[];

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly audit: AuditLog,
    webhooks: WebhookSender,
    emails: EmailSender,
    config: NotifierConfig,
  ) {
    this.scheduleMs = config.deliveryScheduleSeconds.map((seconds) => Number(seconds) * 1_000);
    this.lanes = [webhooks, emails].map(
      (sender) => new DeliveryLane(sender, queue, (...attempt) => this.deliver(...attempt)),
    );
  }

  onApplicationBootstrap(): void {
    for (const lane of this.lanes) lane.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }

  /** There may be something to send. */
  wake(): void {
    for (const lane of this.lanes) lane.wake();
  }

  private async deliver(delivery: DueDelivery, sender: ChannelSender, stopping: AbortSignal): Promise<void> {
    const parent = traceFrom(delivery.traceparent ?? undefined);
    await traced(`deliver ${delivery.topic}`, SpanKind.CLIENT, parent, async () => {
      const outcome = await sender.attempt(delivery, stopping).catch(asFailure);
      await this.finish(delivery, outcome);
    });
  }

  private async finish(delivery: DueDelivery, outcome: Outcome): Promise<void> {
    const { id, attempts } = delivery;
    await this.queue.finish(async (tx) => {
      if (outcome.kind === 'confirmed') {
        await this.queue.confirm(tx, id, outcome.note);
        return this.record(tx, delivery, 'done');
      }
      if (outcome.kind === 'interrupted') return this.queue.giveBack(tx, id);
      const reason = outcome.reason.slice(0, 1_024);
      if (outcome.gone) await this.queue.disableWebhook(tx, delivery.target);
      const delayMs = outcome.final ? undefined : this.scheduleMs[attempts - 1];
      if (delayMs !== undefined) {
        const jittered = delayMs * (0.9 + Math.random() * 0.2);
        return this.queue.retry(tx, id, Math.max(jittered, outcome.retryAfterMs ?? 0), reason);
      }
      await this.queue.deadLetter(tx, id, reason);
      return this.record(tx, delivery, 'failed', reason);
    });
  }

  private async record(
    tx: EntityManager,
    { id, workspace_id, channel, target, notification_id: notification, attempts }: DueDelivery,
    outcome: 'done' | 'failed',
    reason?: string,
  ): Promise<void> {
    const actor = serviceActor('notifier', workspace_id);
    const details = { notification, target, attempts };
    const about = { resourceType: 'delivery', resourceId: id, details, reason, traceId: currentTraceId() };
    await this.audit.record(tx, { actor, action: `${channel}.deliver`, outcome, ...about });
  }
}

function asFailure(error: unknown): Outcome {
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), final: false };
}
