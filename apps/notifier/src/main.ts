import { serviceAudit } from '@scm/audit';
import { AlertApi, EmailContactApi, NotifyApi, subscriptions, TemplateApi, WebhookApi } from '@scm/contracts';
import { meshSecurity } from '@scm/policy';
import { runService, SecretBox } from '@scm/service';
import { AppModule } from './app.module.js';
import { NotifierConfig } from './config.js';
import { database } from './database.js';

await runService({
  name: 'notifier',
  module: AppModule,
  config: NotifierConfig,
  claims: [
    ...Object.values(NotifyApi),
    ...Object.values(WebhookApi),
    ...Object.values(EmailContactApi),
    ...Object.values(TemplateApi),
    ...Object.values(AlertApi),
    subscriptions.notifierAlertFired,
    subscriptions.notifierAlertResolved,
  ],
  database,
  audit: serviceAudit,
  // An API key or a webhook's secret stands in the reply.
  seal: (config) => new SecretBox((config as NotifierConfig).encryptionKey),
  security: (keys, audit) => meshSecurity(keys, audit?.recordDenial),
});
