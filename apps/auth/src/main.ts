import { serviceAudit } from '@scm/audit';
import { AuthApi } from '@scm/contracts';
import { meshSecurity } from '@scm/policy';
import { runService, SecretBox } from '@scm/service';
import { AppModule } from './app.module.js';
import { AuthConfig } from './config.js';
import { database } from './database.js';

await runService({
  name: 'auth',
  module: AppModule,
  config: AuthConfig,
  claims: Object.values(AuthApi),
  database,
  audit: serviceAudit,
  // An API key or a webhook's secret stands in the reply.
  seal: (config) => new SecretBox((config as AuthConfig).encryptionKey),
  security: (keys, audit) => meshSecurity(keys, audit?.recordDenial),
});
