import { Module } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { SecretBox } from '@scm/service';
import { AlertsHandler } from './alerts/alerts.handler.js';
import { AlertsRepository } from './alerts/alerts.repository.js';
import { AlertsService } from './alerts/alerts.service.js';
import { NotifierConfig } from './config.js';
import { DeliveriesRepository } from './deliveries/deliveries.repository.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import { DeliveryQueue } from './deliveries/delivery.queue.js';
import { DeliverySender } from './deliveries/delivery.sender.js';
import { EmailContactsHandler } from './emails/email-contacts.handler.js';
import { EmailContactsRepository } from './emails/email-contacts.repository.js';
import { EmailContactsService } from './emails/email-contacts.service.js';
import { EmailSender } from './emails/email.sender.js';
import { NotificationsHandler } from './notifications/notifications.handler.js';
import { NotificationsRepository } from './notifications/notifications.repository.js';
import { NotificationsService } from './notifications/notifications.service.js';
import { SilencesHandler } from './silences/silences.handler.js';
import { SilencesRepository } from './silences/silences.repository.js';
import { SilencesService } from './silences/silences.service.js';
import { TemplateRenderer } from './templates/template.renderer.js';
import { TemplatesHandler } from './templates/templates.handler.js';
import { TemplatesRepository } from './templates/templates.repository.js';
import { TemplatesService } from './templates/templates.service.js';
import { WebhookSender } from './webhooks/webhook.sender.js';
import { WebhooksHandler } from './webhooks/webhooks.handler.js';
import { WebhooksRepository } from './webhooks/webhooks.repository.js';
import { WebhooksService } from './webhooks/webhooks.service.js';

@Module({
  controllers: [
    AlertsHandler,
    SilencesHandler,
    NotificationsHandler,
    WebhooksHandler,
    EmailContactsHandler,
    TemplatesHandler,
  ],
  providers: [
    AuditLog,
    AlertsRepository,
    AlertsService,
    SilencesRepository,
    SilencesService,
    NotificationsRepository,
    NotificationsService,
    DeliveriesRepository,
    DeliveriesService,
    DeliveryQueue,
    DeliverySender,
    WebhooksRepository,
    WebhooksService,
    WebhookSender,
    EmailContactsRepository,
    EmailContactsService,
    EmailSender,
    TemplatesRepository,
    TemplatesService,
    TemplateRenderer,
    {
      provide: SecretBox,
      useFactory: (config: NotifierConfig) => new SecretBox(config.encryptionKey),
      inject: [NotifierConfig],
    },
  ],
})
export class AppModule {}
