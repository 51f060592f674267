import { Controller } from '@nestjs/common';
import {
  NotifyApi,
  WebhookApi,
  type CreatedWebhook,
  type DeliveryPage,
  type Nothing,
  type Notification,
  type NotificationPage,
  type WebhookPage,
} from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class NotificationsController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'notifications', NotifyApi.list, 'List the inbox, newest first')
  list(@Call() call: HttpCall): Promise<JsonText<NotificationPage>> {
    return this.mesh.forward(NotifyApi.list, call);
  }

  @Route('POST', 'notifications', NotifyApi.send, 'Send a notification', { status: 201 })
  send(@Call() call: HttpCall): Promise<JsonText<Notification>> {
    return this.mesh.forward(NotifyApi.send, call);
  }

  @Route('GET', 'notifications/:id', NotifyApi.get, 'Show a notification with its deliveries')
  get(@Call() call: HttpCall): Promise<JsonText<Notification>> {
    return this.mesh.forward(NotifyApi.get, call);
  }

  @Route('POST', 'notifications/:id/read', NotifyApi.markRead, 'Mark a notification as read')
  markRead(@Call() call: HttpCall): Promise<JsonText<Notification>> {
    return this.mesh.forward(NotifyApi.markRead, call);
  }

  @Route('GET', 'deliveries', NotifyApi.listDeliveries, 'List deliveries, newest first')
  listDeliveries(@Call() call: HttpCall): Promise<JsonText<DeliveryPage>> {
    return this.mesh.forward(NotifyApi.listDeliveries, call);
  }

  @Route('GET', 'webhooks', WebhookApi.list, 'List webhooks')
  listWebhooks(@Call() call: HttpCall): Promise<JsonText<WebhookPage>> {
    return this.mesh.forward(WebhookApi.list, call);
  }

  @Route('POST', 'webhooks', WebhookApi.create, 'Create a webhook, signed as Standard Webhooks say', { status: 201 })
  createWebhook(@Call() call: HttpCall): Promise<JsonText<CreatedWebhook>> {
    return this.mesh.forward(WebhookApi.create, call);
  }

  @Route('DELETE', 'webhooks/:id', WebhookApi.remove, 'Remove a webhook')
  removeWebhook(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(WebhookApi.remove, call);
  }
}
