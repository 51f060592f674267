import { Module, type Type } from '@nestjs/common';
import type { Capability } from '@scm/contracts';
import { EgressClient } from '@scm/egress';
import { Threads } from './computing/threads.js';
import { ActionStep } from './steps/action.step.js';
import { AnalysisStep } from './steps/analysis.step.js';
import { DecisionStep } from './steps/decision.step.js';
import { NotificationStep } from './steps/notification.step.js';
import { ProcessingStep } from './steps/processing.step.js';
import { ReportSender } from './steps/report.sender.js';
import { StepRunner } from './steps/step.runner.js';
import { CapacityHandler } from './capacity.handler.js';
import { SqlAction } from './sql/sql.action.js';
import { SqlDatabases } from './sql/sql-databases.js';
import { WorkerConfig } from './worker.config.js';

const steps: Record<Capability, Type> = {
  processing: ProcessingStep,
  analysis: AnalysisStep,
  decision: DecisionStep,
  action: ActionStep,
  notification: NotificationStep,
};

/** The handlers of the chosen capabilities, and nothing of the others. */
export function workerModule(chosen: readonly Capability[]): Type {
  class WorkerModule {}
  Module({
    controllers: [CapacityHandler, ...chosen.map((capability) => steps[capability])],
    providers: [
      ReportSender,
      StepRunner,
      Threads,
      SqlAction,
      SqlDatabases,
      {
        provide: EgressClient,
        useFactory: (config: WorkerConfig) => new EgressClient({ allow: config.egressAllow }),
        inject: [WorkerConfig],
      },
    ],
  })(WorkerModule);
  return WorkerModule;
}
