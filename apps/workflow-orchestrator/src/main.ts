import { serviceAudit } from '@scm/audit';
import { ControlApi, ExecutionApi, StepApi, subscriptions, WorkflowApi } from '@scm/contracts';
import { meshSecurity } from '@scm/policy';
import { runService } from '@scm/service';
import { AppModule } from './app.module.js';
import { database } from './database.js';
import { OrchestratorConfig } from './orchestrator.config.js';

await runService({
  name: 'workflow-orchestrator',
  module: AppModule,
  config: OrchestratorConfig,
  claims: [
    ...Object.values(WorkflowApi),
    ...Object.values(ExecutionApi),
    ...Object.values(ControlApi),
    ...Object.values(StepApi),
    subscriptions.orchestratorAlertFired,
    subscriptions.orchestratorEventEmitted,
  ],
  database,
  audit: serviceAudit,
  security: (keys, audit) => meshSecurity(keys, audit?.recordDenial),
});
