import { Controller } from '@nestjs/common';
import { NotifyApi, type DeliveryPage, type Notification, type NotificationPage } from '@scm/contracts';
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
}
