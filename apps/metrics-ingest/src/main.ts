import { serviceAudit } from '@scm/audit';
import { IntakeApi, MetricsApi, RuleFileApi, RulesApi } from '@scm/contracts';
import { meshSecurity } from '@scm/policy';
import { runService } from '@scm/service';
import { AppModule } from './app.module.js';
import { MetricsConfig } from './config.js';
import { database } from './database.js';

await runService({
  name: 'metrics-ingest',
  module: AppModule,
  config: MetricsConfig,
  claims: [
    ...Object.values(MetricsApi),
    ...Object.values(IntakeApi),
    ...Object.values(RulesApi),
    ...Object.values(RuleFileApi),
  ],
  database,
  audit: serviceAudit,
  security: (keys, audit) => meshSecurity(keys, audit?.recordDenial),
});
