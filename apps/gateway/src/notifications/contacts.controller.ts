import { Controller } from '@nestjs/common';
import {
  EmailContactApi,
  WebhookApi,
  type CreatedWebhook,
  type EmailContact,
  type EmailContactPage,
  type Nothing,
  type Notification,
  type WebhookPage,
} from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

/** Contact points: each kind has the same verbs. */
@Controller('api/v1')
export class ContactsController {
  constructor(private readonly mesh: Mesh) {}

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

  @Route('POST', 'webhooks/:id/test', WebhookApi.test, 'Send a test to a webhook', { status: 202 })
  testWebhook(@Call() call: HttpCall): Promise<JsonText<Notification>> {
    return this.mesh.forward(WebhookApi.test, call);
  }

  @Route('GET', 'email-contacts', EmailContactApi.list, 'List e-mail contacts')
  listEmailContacts(@Call() call: HttpCall): Promise<JsonText<EmailContactPage>> {
    return this.mesh.forward(EmailContactApi.list, call);
  }

  @Route('POST', 'email-contacts', EmailContactApi.create, 'Create an e-mail contact', { status: 201 })
  createEmailContact(@Call() call: HttpCall): Promise<JsonText<EmailContact>> {
    return this.mesh.forward(EmailContactApi.create, call);
  }

  @Route('DELETE', 'email-contacts/:id', EmailContactApi.remove, 'Remove an e-mail contact')
  removeEmailContact(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(EmailContactApi.remove, call);
  }

  @Route('POST', 'email-contacts/:id/test', EmailContactApi.test, 'Send a test to an e-mail contact', { status: 202 })
  testEmailContact(@Call() call: HttpCall): Promise<JsonText<Notification>> {
    return this.mesh.forward(EmailContactApi.test, call);
  }
}
