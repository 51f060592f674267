import { Controller } from '@nestjs/common';
import {
  AlertApi,
  subscriptions,
  type AcknowledgeRequest,
  type Alert,
  type AlertPage,
  type AlertTransition,
  type ById,
  type ListAlertsRequest,
} from '@scm/contracts';
import { On, Rpc } from '@scm/messaging';
import { AlertsService } from './alerts.service.js';

@Controller()
export class AlertsHandler {
  constructor(private readonly alerts: AlertsService) {}

  @On(subscriptions.notifierAlertFired)
  fired(transition: AlertTransition): Promise<void> {
    return this.alerts.take(transition, 'fired');
  }

  @On(subscriptions.notifierAlertResolved)
  resolved(transition: AlertTransition): Promise<void> {
    return this.alerts.take(transition, 'resolved');
  }

  @Rpc(AlertApi.list)
  list(request: ListAlertsRequest): Promise<AlertPage> {
    return this.alerts.list(request);
  }

  @Rpc(AlertApi.get)
  get({ id }: ById): Promise<Alert> {
    return this.alerts.get(id);
  }

  @Rpc(AlertApi.acknowledge)
  acknowledge(request: AcknowledgeRequest): Promise<Alert> {
    return this.alerts.acknowledge(request);
  }
}
