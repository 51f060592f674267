import { Controller } from '@nestjs/common';
import {
  WebhookApi,
  type ById,
  type CreatedWebhook,
  type CreateWebhookRequest,
  type Nothing,
  type Notification,
  type PageRequest,
  type WebhookPage,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { WebhooksService } from './webhooks.service.js';

@Controller()
export class WebhooksHandler {
  constructor(private readonly webhooks: WebhooksService) {}

  @Rpc(WebhookApi.create)
  create(request: CreateWebhookRequest): Promise<CreatedWebhook> {
    return this.webhooks.create(request);
  }

  @Rpc(WebhookApi.list)
  list(request: PageRequest): Promise<WebhookPage> {
    return this.webhooks.list(request);
  }

  @Rpc(WebhookApi.remove)
  remove({ id }: ById): Promise<Nothing> {
    return this.webhooks.remove(id);
  }

  @Rpc(WebhookApi.test)
  test({ id }: ById): Promise<Notification> {
    return this.webhooks.test(id);
  }
}
