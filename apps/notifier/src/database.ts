import { AddAuditEvents1790000000001, auditEntities } from '@scm/audit';
import { AddBaseTables1790000000000, AddPublishedEvents1790000006000, type DatabaseDeclaration } from '@scm/database';
import { AlertEntity } from './alerts/alert.entity.js';
import { DeliveryEntity } from './deliveries/delivery.entity.js';
import { AddNotifications1790000004000 } from './migrations/1790000004000-add-notifications.js';
import { EmailContactEntity } from './emails/email-contact.entity.js';
import { AddEmailAndTemplates1790000005000 } from './migrations/1790000005000-add-email-and-templates.js';
import { NotificationEntity } from './notifications/notification.entity.js';
import { SilenceEntity } from './silences/silence.entity.js';
import { TemplateEntity, TemplateVersionEntity } from './templates/template.entities.js';
import { WebhookEntity } from './webhooks/webhook.entity.js';

export const database: DatabaseDeclaration = {
  schema: 'notify',
  entities: [
    AlertEntity,
    SilenceEntity,
    NotificationEntity,
    WebhookEntity,
    EmailContactEntity,
    TemplateEntity,
    TemplateVersionEntity,
    DeliveryEntity,
    ...auditEntities,
  ],
  migrations: [
    AddBaseTables1790000000000,
    AddAuditEvents1790000000001,
    AddNotifications1790000004000,
    AddEmailAndTemplates1790000005000,
    AddPublishedEvents1790000006000,
  ],
};
