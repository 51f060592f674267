import { Injectable } from '@nestjs/common';
import { AlertApi, ListAlertsRequest } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import type { Tool } from './tool.js';

@Injectable()
export class ListAlertsTool implements Tool<ListAlertsRequest> {
  readonly name = 'list_alerts';
  readonly title = 'List alerts';
  readonly description =
    'Lists alerts, newest first, with labels, value, and whether someone acknowledged or silenced them.';
  readonly input = ListAlertsRequest;
  readonly access = 'alerts:read';
  readonly annotations = { readOnlyHint: true };

  constructor(private readonly messaging: MessagingClient) {}

  async run(input: ListAlertsRequest): Promise<object> {
    return this.messaging.request(AlertApi.list, input);
  }
}
