import { serviceAudit } from '@scm/audit';
import {
  type Contract,
  ControlApi,
  ExecutionApi,
  PayloadApi,
  ScheduleApi,
  QueueApi,
  StepApi,
  subscriptions,
  WorkflowApi,
} from '@scm/contracts';
import { meshSecurity } from '@scm/policy';
import { runService, SecretBox } from '@scm/service';
import { AppModule } from './app.module.js';
import { database } from './database.js';
import { OrchestratorConfig } from './orchestrator.config.js';
import { OwedEvents } from './executions/owed-events.js';
import { RowCodec } from './executions/row.codec.js';
import { BlobRepository } from './payloads/blob.repository.js';
import { EventSeal } from './payloads/event.seal.js';
import { LargeValues } from './payloads/large-values.js';
import { WorkspaceKeyRepository } from './payloads/workspace-key.repository.js';
import { WorkspaceKeys } from './payloads/workspace-keys.js';

const contractsOf = (api: object): Contract[] => Object.values(api) as Contract[];

await runService({
  name: 'workflow-orchestrator',
  module: AppModule,
  config: OrchestratorConfig,
  claims: [
    ...[WorkflowApi, ExecutionApi, PayloadApi, ScheduleApi, ControlApi, StepApi, QueueApi].flatMap(contractsOf),
    subscriptions.orchestratorAlertFired,
    subscriptions.orchestratorEventEmitted,
  ],
  database,
  audit: serviceAudit,
  // Inputs and outputs stand in the replies, in owed events and in tasks that nobody could handle.
  seal: (config) => new SecretBox((config as OrchestratorConfig).encryptionKey),
  openOwed: (config, database) => {
    const keys = new WorkspaceKeys(new WorkspaceKeyRepository(database), config as OrchestratorConfig);
    const codec = new RowCodec(keys, new LargeValues(new BlobRepository(database), keys));
    const owed = new OwedEvents(database, codec, new EventSeal(keys));
    return (event) => owed.open(event);
  },
  security: (keys, audit) => meshSecurity(keys, audit?.recordDenial),
});
