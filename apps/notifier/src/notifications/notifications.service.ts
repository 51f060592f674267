import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '@scm/audit';
import {
  channels as allChannels,
  ServiceError,
  type Channel,
  type ListNotificationsRequest,
  type Notification,
  type NotificationPage,
  type SendNotificationRequest,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor, currentTraceId, currentTraceparent } from '@scm/messaging';
import { DeliveriesRepository, toDelivery } from '../deliveries/deliveries.repository.js';
import { DeliverySender } from '../deliveries/delivery.sender.js';
import { TemplateRenderer } from '../templates/template.renderer.js';
import { NotificationsRepository, type ContactChannel, type NotificationRow } from './notifications.repository.js';

const contactChannels = ['webhook', 'email'] as const;

/** Notifications: stored once by their key, shown in the inbox, handed to the contact points that want them. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly sender: DeliverySender,
    private readonly templates: TemplateRenderer,
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
    const chosen = await this.templates.choose(tx, workspaceId, channels, { template: request.template, topic });
    const told = { id, topic, title, body, severity, data };
    const inInbox = channels.includes('inbox');
    const inbox = inInbox
      ? await this.templates.renderInbox(tx, workspaceId, chosen.inbox, {
          ...told,
          createdAt: new Date().toISOString(),
        })
      : undefined;
    const row = { ...told, key, inInbox, inbox, traceparent: currentTraceparent() };
    if (!(await this.notifications.add(tx, workspaceId, row))) return undefined;
    const worded = (channel: Channel) => ({ id, workspaceId, topic, template: chosen[channel] });
    if (inInbox) await this.notifications.addInboxDelivery(tx, worded('inbox'), inbox?.note);
    for (const channel of contactChannels.filter((c) => channels.includes(c)))
      await this.notifications.addDeliveries(tx, channel, worded(channel));
    return id;
  }

  /** Tells one contact point alone that it works; `check` throws when there is none. */
  async test(
    channel: ContactChannel,
    target: string,
    check: (tx: EntityManager) => Promise<void>,
  ): Promise<Notification> {
    const { workspaceId, name } = currentActor();
    const sent = await this.notifications.inWorkspace(workspaceId, async (tx) => {
      await check(tx);
      const id = newId();
      const topic = 'test';
      const told = { title: 'A test from System Context Monitor', body: `Sent by ${name}.`, severity: 'info' } as const;
      const row = {
        ...told,
        id,
        key: `test:${id}`,
        topic,
        data: {},
        inInbox: false,
        traceparent: currentTraceparent(),
      };
      const chosen = await this.templates.choose(tx, workspaceId, [channel], { topic });
      if (await this.notifications.add(tx, workspaceId, row))
        await this.notifications.addDelivery(tx, channel, { id, workspaceId, template: chosen[channel] }, target);
      return this.read(tx, { id });
    });
    this.sender.wake();
    return sent;
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
  const { id, topic, severity, data } = row;
  const [title, body] = [row.inbox_title ?? row.title, row.inbox_body ?? row.body];
  const readAt = row.read_at?.toISOString();
  return { id, topic, title, body, severity, data, createdAt: row.created_at.toISOString(), ...(readAt && { readAt }) };
}
