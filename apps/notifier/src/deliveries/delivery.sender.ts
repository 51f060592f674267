import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { Webhook } from 'standardwebhooks';
import { AuditLog } from '@scm/audit';
import { ServiceError } from '@scm/contracts';
import { EgressClient, type EgressResponse } from '@scm/egress';
import { currentTraceId, traced, traceFrom } from '@scm/messaging';
import { SecretBox, serviceActor } from '@scm/service';
import { NotifierConfig } from '../config.js';
import { placeOf } from '../webhooks/webhook-secret.js';
import { DeliveriesRepository, type DueDelivery } from './deliveries.repository.js';

const LOOK_MS = 500;
const AT_ONCE = 16;

type Outcome =
  | { kind: 'confirmed' }
  /** Our own stop broke it off: whether it arrived is unknown, so it is tried again, and not counted. */
  | { kind: 'interrupted' }
  | { kind: 'failed'; reason: string; final: boolean; retryAfterMs?: number; gone?: boolean };

/**
 * Sends webhook deliveries as Standard Webhooks say, at least once: each try of a notification carries the same
 * `webhook-id`. A try that fails is repeated by the schedule; after the last one the delivery is dead-lettered.
 */
@Injectable()
export class DeliverySender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliverySender.name);
  private readonly scheduleMs: readonly number[];
  private readonly egress: EgressClient;
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private rouse = () => {};

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly box: SecretBox,
    private readonly audit: AuditLog,
    config: NotifierConfig,
  ) {
    this.scheduleMs = config.deliveryScheduleSeconds.map((seconds) => Number(seconds) * 1_000);
    this.egress = new EgressClient({ allow: config.egressAllow });
  }

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.rouse();
    await this.loop;
    await this.egress.close();
  }

  /** There may be something to send. */
  wake(): void {
    this.rouse();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        const due = await this.deliveries.takeDue(AT_ONCE);
        await Promise.all(due.map((delivery) => this.deliver(delivery)));
        if (due.length < AT_ONCE) await this.pause();
      } catch (error) {
        this.logger.warn(`deliveries wait: ${String(error)}`);
        await this.pause();
      }
    }
  }

  private async deliver(delivery: DueDelivery): Promise<void> {
    const parent = traceFrom(delivery.traceparent ?? undefined);
    await traced(`deliver ${delivery.topic}`, SpanKind.CLIENT, parent, async () => {
      const outcome = await this.attempt(delivery);
      await this.finish(delivery, outcome);
    });
  }

  private async attempt(delivery: DueDelivery): Promise<Outcome> {
    const { url, sealed_secret: sealed, enabled } = delivery;
    if (!url || !sealed) return { kind: 'failed', reason: 'the webhook was removed', final: true };
    if (!enabled) return { kind: 'failed', reason: 'the webhook is disabled', final: true };
    try {
      const secret = this.box.open(sealed, placeOf(delivery.webhook_id));
      return judge(
        await this.egress.send({ url, method: 'POST', ...signed(delivery, secret), signal: this.stopping.signal }),
      );
    } catch (error) {
      if (this.stopping.signal.aborted) return { kind: 'interrupted' };
      const final = error instanceof ServiceError && error.code === 'INVALID_ARGUMENT';
      return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), final };
    }
  }

  private async finish(delivery: DueDelivery, outcome: Outcome): Promise<void> {
    const { id, attempts } = delivery;
    await this.deliveries.finish(async (tx) => {
      if (outcome.kind === 'confirmed') {
        await this.deliveries.confirm(tx, id);
        return this.record(tx, delivery, 'done');
      }
      if (outcome.kind === 'interrupted') return this.deliveries.giveBack(tx, id);
      const reason = outcome.reason.slice(0, 1_024);
      if (outcome.gone) await this.deliveries.disableWebhook(tx, delivery.webhook_id);
      const delayMs = outcome.final ? undefined : this.scheduleMs[attempts - 1];
      if (delayMs !== undefined) {
        const jittered = delayMs * (0.9 + Math.random() * 0.2);
        return this.deliveries.retry(tx, id, Math.max(jittered, outcome.retryAfterMs ?? 0), reason);
      }
      await this.deliveries.deadLetter(tx, id, reason);
      return this.record(tx, delivery, 'failed', reason);
    });
  }

  private async record(
    tx: Parameters<AuditLog['record']>[0],
    delivery: DueDelivery,
    outcome: 'done' | 'failed',
    reason?: string,
  ): Promise<void> {
    const actor = serviceActor('notifier', delivery.workspace_id);
    const details = {
      notification: delivery.notification_id,
      webhook: delivery.webhook_id,
      attempts: delivery.attempts,
    };
    const about = { resourceType: 'delivery', resourceId: delivery.id, details, reason, traceId: currentTraceId() };
    await this.audit.record(tx, { actor, action: 'webhook.deliver', outcome, ...about });
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      this.rouse = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.stopping.signal.aborted) this.rouse();
    });
  }
}

function signed(delivery: DueDelivery, secret: string): { headers: Record<string, string>; body: string } {
  const { notification_id: id, topic: type, title, body: text, severity, data } = delivery;
  const timestamp = delivery.created_at.toISOString();
  const body = JSON.stringify({ type, timestamp, data: { id, title, body: text, severity, ...data } });
  const now = new Date();
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    },
  };
}

function judge({ status, headers }: EgressResponse): Outcome {
  if (status >= 200 && status < 300) return { kind: 'confirmed' };
  if (status === 410)
    return { kind: 'failed', reason: 'the target answered 410: the webhook is disabled', final: true, gone: true };
  const retryAfterMs = Math.min(Number(headers['retry-after']) * 1_000 || 0, 3_600_000);
  return { kind: 'failed', reason: `the target answered ${status}`, final: false, retryAfterMs };
}
