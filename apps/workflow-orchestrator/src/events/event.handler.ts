import { Controller } from '@nestjs/common';
import { ControlApi, subscriptions, type EventEmitted, type Nothing, type SendEventRequest } from '@scm/contracts';
import { On, Rpc } from '@scm/messaging';
import { EventService } from './event.service.js';

@Controller()
export class EventHandler {
  constructor(private readonly events: EventService) {}

  @Rpc(ControlApi.sendEvent)
  send(request: SendEventRequest): Promise<Nothing> {
    return this.events.send(request);
  }

  @On(subscriptions.orchestratorEventEmitted)
  deliver(emitted: EventEmitted): Promise<void> {
    return this.events.deliver(emitted);
  }
}
