import { serviceAudit } from '@scm/audit';
import { AlertApi, NotifyApi, subscriptions, WebhookApi } from '@scm/contracts';
import { meshSecurity } from '@scm/policy';
import { runService } from '@scm/service';
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
    ...Object.values(AlertApi),
    subscriptions.notifierAlertFired,
    subscriptions.notifierAlertResolved,
  ],
  database,
  audit: serviceAudit,
  security: (keys, audit) => meshSecurity(keys, audit?.recordDenial),
});
