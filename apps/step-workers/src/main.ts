import {
  capabilities,
  DEFAULT_WORKSPACE_ID,
  StepApi,
  StepTasks,
  WorkerApi,
  type Capability,
  type StepTask,
} from '@scm/contracts';
import { meshSecurity } from '@scm/policy';
import { loadConfig, runService, serviceActor } from '@scm/service';
import { workerModule } from './app.module.js';
import { WorkerConfig } from './worker.config.js';

const chosen = chosenCapabilities();

await runService({
  name: 'step-workers',
  module: workerModule(chosen),
  config: WorkerConfig,
  claims: [WorkerApi.capacity, ...chosen.map((capability) => StepTasks[capability])],
  security: (keys) => meshSecurity(keys),
  slots: (config) => (config as WorkerConfig).concurrency,
  costOf: (task) => (task as StepTask).cost ?? 1,
  // The task is kept by the orchestrator, who faults the execution that waits for it.
  deadLetter: async (letter, messaging) => {
    await messaging.request(StepApi.deadLetter, letter, { as: serviceActor('step-workers', DEFAULT_WORKSPACE_ID) });
  },
});

/** What is claimed must be known before boot; a fault in the settings is shown by the boot, with all others. */
function chosenCapabilities(): readonly Capability[] {
  try {
    return loadConfig([WorkerConfig])[0].capabilities;
  } catch {
    return capabilities;
  }
}
