import { Controller } from '@nestjs/common';
import {
  NotifyApi,
  type ById,
  type DeliveryPage,
  type ListDeliveriesRequest,
  type ListNotificationsRequest,
  type Notification,
  type NotificationPage,
  type SendNotificationRequest,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { NotificationsService } from './notifications.service.js';

@Controller()
export class NotificationsHandler {
  constructor(
    private readonly notifications: NotificationsService,
    private readonly deliveries: DeliveriesService,
  ) {}

  @Rpc(NotifyApi.send)
  send(request: SendNotificationRequest): Promise<Notification> {
    return this.notifications.send(request);
  }

  @Rpc(NotifyApi.list)
  list(request: ListNotificationsRequest): Promise<NotificationPage> {
    return this.notifications.list(request);
  }

  @Rpc(NotifyApi.get)
  get({ id }: ById): Promise<Notification> {
    return this.notifications.get(id);
  }

  @Rpc(NotifyApi.markRead)
  markRead({ id }: ById): Promise<Notification> {
    return this.notifications.markRead(id);
  }

  @Rpc(NotifyApi.listDeliveries)
  listDeliveries(request: ListDeliveriesRequest): Promise<DeliveryPage> {
    return this.deliveries.list(request);
  }
}
