import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '@scm/audit';
import {
  channels as allChannels,
  ServiceError,
  type ListNotificationsRequest,
  type Notification,
  type NotificationPage,
  type SendNotificationRequest,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor, currentTraceId, currentTraceparent } from '@scm/messaging';
import { DeliveriesRepository, toDelivery } from '../deliveries/deliveries.repository.js';
import { DeliverySender } from '../deliveries/delivery.sender.js';
import { NotificationsRepository, type NotificationRow } from './notifications.repository.js';

/** Notifications: stored once by their key, shown in the inbox, handed to the webhooks that want them. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly sender: DeliverySender,
    private readonly audit: AuditLog,
  ) {}

  async send(request: SendNotificationRequest): Promise<Notification> {
    const actor = currentActor();
    const sent = await this.notifications.inWorkspace(actor.workspaceId, async (tx) => {
      const id = await this.add(tx, actor.workspaceId, request);
      if (id) {
        const about = { resourceType: 'notification', resourceId: id, traceId: currentTraceId() };
        await this.audit.record(tx, { actor, action: 'notifications:write', outcome: 'done', ...about });
      }
      return this.read(tx, { key: request.key });
    });
    this.sender.wake();
    return sent;
  }

  /** Stores a notification and what is owed to its channels, in the transaction of its cause. @returns its id when it is new. */
  async add(tx: EntityManager, workspaceId: string, request: SendNotificationRequest): Promise<string | undefined> {
    const { key, topic = 'message', title, body = '', severity = 'info', data = {}, channels = allChannels } = request;
    const id = newId();
    const row = { id, key, topic, title, body, severity, data, traceparent: currentTraceparent() };
    if (!(await this.notifications.add(tx, workspaceId, row))) return undefined;
    await this.notifications.addDeliveries(tx, { id, workspaceId, topic }, channels);
    return id;
  }

  async list({ unread, limit = 50, cursor }: ListNotificationsRequest): Promise<NotificationPage> {
    const { workspaceId } = currentActor();
    const before = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const only = unread === undefined ? undefined : unread === 'true';
    const rows = await this.notifications.inWorkspace(workspaceId, (tx) =>
      this.notifications.list(tx, workspaceId, only, limit + 1, before),
    );
    return toPage(rows, limit, (row) => [row.created_at.toISOString(), row.id], toNotification);
  }

  async get(id: string): Promise<Notification> {
    return this.notifications.inWorkspace(currentActor().workspaceId, (tx) => this.read(tx, { id }));
  }

  async markRead(id: string): Promise<Notification> {
    return this.notifications.inWorkspace(currentActor().workspaceId, async (tx) => {
      await this.notifications.markRead(tx, id);
      return this.read(tx, { id });
    });
  }

  private async read(tx: EntityManager, by: { id: string } | { key: string }): Promise<Notification> {
    const row = await this.notifications.find(tx, by);
    if (!row) throw new ServiceError('NOT_FOUND', 'no such notification');
    const deliveries = await this.deliveries.ofNotification(tx, row.id);
    return { ...toNotification(row), deliveries: deliveries.map(toDelivery) };
  }
}

function toNotification(row: NotificationRow): Notification {
  const { id, topic, title, body, severity, data } = row;
  const readAt = row.read_at?.toISOString();
  return { id, topic, title, body, severity, data, createdAt: row.created_at.toISOString(), ...(readAt && { readAt }) };
}
