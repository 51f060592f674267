import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { ServiceError } from '@scm/contracts';
import { EgressClient, type EgressResponse } from '@scm/egress';
import { SecretBox } from '@scm/service';
import { NotifierConfig } from '../config.js';
import type { ChannelSender, Outcome } from '../deliveries/channel.sender.js';
import type { DueDelivery } from '../deliveries/delivery.queue.js';
import { TemplateRenderer } from '../templates/template.renderer.js';
import { placeOf } from './webhook-secret.js';
import { WebhooksRepository } from './webhooks.repository.js';

const MAX_RETRY_AFTER_MS = 3_600_000;

/** Sends deliveries as Standard Webhooks say: each try of a notification carries the same `webhook-id`. */
@Injectable()
export class WebhookSender implements ChannelSender {
  readonly channel = 'webhook';
  readonly atOnce = 64;
  readonly perTarget = 4;
  private readonly egress: EgressClient;

  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly templates: TemplateRenderer,
    private readonly box: SecretBox,
    config: NotifierConfig,
  ) {
    this.egress = new EgressClient({ allow: config.egressAllow });
  }

  async attempt(delivery: DueDelivery, stopping: AbortSignal): Promise<Outcome> {
    const { workspace_id: workspaceId, target } = delivery;
    const webhook = await this.webhooks.inWorkspace(workspaceId, (tx) => this.webhooks.findToSend(tx, target));
    if (!webhook) return { kind: 'failed', reason: 'the webhook was removed', final: true };
    if (!webhook.enabled) return { kind: 'failed', reason: 'the webhook is disabled', final: true };
    const { body, note } = await this.templates.render(delivery);
    const secret = this.box.open(webhook.sealed_secret, placeOf(target));
    try {
      const headers = signature(delivery.notification_id, secret, body);
      return judge(await this.egress.send({ url: webhook.url, method: 'POST', headers, body, signal: stopping }), note);
    } catch (error) {
      if (stopping.aborted) return { kind: 'interrupted' };
      const final = error instanceof ServiceError && error.code === 'INVALID_ARGUMENT';
      return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), final };
    }
  }

  async close(): Promise<void> {
    await this.egress.close();
  }
}

function signature(id: string, secret: string, body: string): Record<string, string> {
  const now = new Date();
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
}

function judge({ status, headers }: EgressResponse, note: string | undefined): Outcome {
  if (status >= 200 && status < 300) return { kind: 'confirmed', note };
  if (status === 410)
    return { kind: 'failed', reason: 'the target answered 410: the webhook is disabled', final: true, gone: true };
  const retryAfterMs = Math.min(Number(headers['retry-after']) * 1_000 || 0, MAX_RETRY_AFTER_MS);
  return { kind: 'failed', reason: `the target answered ${status}`, final: false, retryAfterMs };
}
