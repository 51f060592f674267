import { Controller } from '@nestjs/common';
import { subscriptions, type AlertTransition } from '@scm/contracts';
import { On } from '@scm/messaging';
import { TriggerService } from './trigger.service.js';

@Controller()
export class TriggerHandler {
  constructor(private readonly triggers: TriggerService) {}

  @On(subscriptions.orchestratorAlertFired)
  start(alert: AlertTransition): Promise<void> {
    return this.triggers.startFor(alert);
  }
}
