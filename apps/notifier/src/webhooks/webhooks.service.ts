import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  invalidField,
  ServiceError,
  type CreatedWebhook,
  type CreateWebhookRequest,
  type Nothing,
  type Notification,
  type PageRequest,
  type Webhook,
  type WebhookPage,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { SecretBox } from '@scm/service';
import { NotificationsService } from '../notifications/notifications.service.js';
import { makeWebhookSecret, placeOf } from './webhook-secret.js';
import { WebhooksRepository, type WebhookRow } from './webhooks.repository.js';

@Injectable()
export class WebhooksService {
  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly notifications: NotificationsService,
    private readonly box: SecretBox,
    private readonly audit: AuditLog,
  ) {}

  async create({ url, topics = [] }: CreateWebhookRequest): Promise<CreatedWebhook> {
    const parsed = URL.parse(url);
    if (!parsed) throw invalidField('url', 'is not a URL');
    if (parsed.username || parsed.password) throw invalidField('url', 'must not hold credentials');
    const actor = currentActor();
    const { workspaceId } = actor;
    const id = newId();
    const secret = makeWebhookSecret();
    const row = await this.webhooks.inWorkspace(workspaceId, async (tx) => {
      const about = { resourceType: 'webhook', resourceId: id, details: { host: parsed.host, topics } };
      await this.audit.record(tx, { actor, action: 'webhooks:write', outcome: 'done', ...about });
      return this.webhooks.add(tx, { id, workspaceId, url, topics, sealedSecret: this.box.seal(secret, placeOf(id)) });
    });
    if (!row) throw new ServiceError('ALREADY_EXISTS', `the webhook ${id} belongs to another workspace`);
    return { ...toWebhook(row), secret };
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<WebhookPage> {
    const { workspaceId } = currentActor();
    const after = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const rows = await this.webhooks.inWorkspace(workspaceId, (tx) =>
      this.webhooks.list(tx, workspaceId, limit + 1, after),
    );
    return toPage(rows, limit, (row) => [row.created_at.toISOString(), row.id], toWebhook);
  }

  async remove(id: string): Promise<Nothing> {
    const actor = currentActor();
    await this.webhooks.inWorkspace(actor.workspaceId, async (tx) => {
      if (!(await this.webhooks.remove(tx, id))) throw notFound(id);
      const about = { resourceType: 'webhook', resourceId: id, reason: 'removed' };
      await this.audit.record(tx, { actor, action: 'webhooks:write', outcome: 'done', ...about });
    });
    return {};
  }

  async test(id: string): Promise<Notification> {
    return this.notifications.test('webhook', id, async (tx) => {
      if (!(await this.webhooks.findToSend(tx, id))) throw notFound(id);
      const about = { resourceType: 'webhook', resourceId: id, reason: 'tested' };
      await this.audit.record(tx, { actor: currentActor(), action: 'webhooks:write', outcome: 'done', ...about });
    });
  }
}

function notFound(id: string): ServiceError {
  return new ServiceError('NOT_FOUND', `no webhook ${id}`);
}

function toWebhook({ id, url, topics, enabled, created_at }: WebhookRow): Webhook {
  return { id, url, topics, enabled, createdAt: created_at.toISOString() };
}
