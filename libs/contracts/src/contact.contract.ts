import { rpc } from './define.js';
import { EmailAddress, Flag, Id, Instant, ListOf, Text, Texts } from './fields.js';
import { ById } from './auth.contract.js';
import { Notification } from './notify.contract.js';
import { Nothing, PageRequest } from './page.js';

/** Contact points: where notifications go besides the inbox. Each kind has the same verbs and chooses by topic. */
export class CreateWebhookRequest {
  @Text({ max: 2_048, pattern: /^https?:\/\// }) url: string;
  /** Topics it wants, such as `alert.fired`; a trailing `*` matches the rest. Without it: all. */
  @Texts({ max: 32, maxLength: 128, optional: true }) topics?: string[];
}

export class Webhook {
  @Id() id: string;
  @Text({ max: 2_048 }) url: string;
  @Texts({ max: 32, maxLength: 128 }) topics: string[];
  @Flag() enabled: boolean;
  @Instant() createdAt: string;
}

export class CreatedWebhook extends Webhook {
  /** `whsec_…` of Standard Webhooks; shown this once. */
  @Text({ max: 256 }) secret: string;
}

export class WebhookPage {
  @ListOf(() => Webhook) items: Webhook[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class CreateEmailContactRequest {
  @EmailAddress() address: string;
  /** As a webhook's topics. */
  @Texts({ max: 32, maxLength: 128, optional: true }) topics?: string[];
}

export class EmailContact {
  @Id() id: string;
  @EmailAddress() address: string;
  @Texts({ max: 32, maxLength: 128 }) topics: string[];
  @Instant() createdAt: string;
}

export class EmailContactPage {
  @ListOf(() => EmailContact) items: EmailContact[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

const service = 'notifier';

const webhooks = {
  read: { service, access: 'webhooks:read', changes: false },
  write: { service, access: 'webhooks:write', changes: true },
} as const;

export const WebhookApi = {
  create: rpc('webhook.v1.create', CreateWebhookRequest, CreatedWebhook, webhooks.write),
  list: rpc('webhook.v1.list', PageRequest, WebhookPage, webhooks.read),
  remove: rpc('webhook.v1.remove', ById, Nothing, webhooks.write),
  /** Sends a notification of the topic `test` to this one alone; its delivery shows what became of it. */
  test: rpc('webhook.v1.test', ById, Notification, webhooks.write),
};

const emailContacts = {
  read: { service, access: 'email-contacts:read', changes: false },
  write: { service, access: 'email-contacts:write', changes: true },
} as const;

export const EmailContactApi = {
  /** FAILED_PRECONDITION while no SMTP server is set. */
  create: rpc('email-contact.v1.create', CreateEmailContactRequest, EmailContact, emailContacts.write),
  list: rpc('email-contact.v1.list', PageRequest, EmailContactPage, emailContacts.read),
  remove: rpc('email-contact.v1.remove', ById, Nothing, emailContacts.write),
  test: rpc('email-contact.v1.test', ById, Notification, emailContacts.write),
};
