import { Module } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { ForkService } from './controls/fork.service.js';
import { WhyService } from './controls/why.service.js';
import { DefinitionHandler } from './definitions/definition.handler.js';
import { DefinitionRepository } from './definitions/definition.repository.js';
import { DefinitionService } from './definitions/definition.service.js';
import { PlanCache } from './definitions/plan.cache.js';
import { ControlHandler } from './controls/control.handler.js';
import { ControlService } from './controls/control.service.js';
import { EventHandler } from './events/event.handler.js';
import { EventService } from './events/event.service.js';
import { Aftermath } from './executions/aftermath.js';
import { Dispatcher } from './executions/dispatcher.js';
import { ExecutionHandler } from './executions/execution.handler.js';
import { ExecutionRepository } from './executions/execution.repository.js';
import { ExecutionService } from './executions/execution.service.js';
import { RowCodec } from './executions/row.codec.js';
import { Starter } from './executions/starter.js';
import { Sweeper } from './executions/sweeper.js';
import { ExecutionCache } from './executions/execution.cache.js';
import { TransitionRepository } from './executions/transition.repository.js';
import { TransitionService } from './executions/transition.service.js';
import { BlobRepository } from './payloads/blob.repository.js';
import { EventSeal } from './payloads/event.seal.js';
import { LargeValues } from './payloads/large-values.js';
import { WorkspaceKeyRepository } from './payloads/workspace-key.repository.js';
import { WorkspaceKeys } from './payloads/workspace-keys.js';
import { ScheduleHandler } from './schedules/schedule.handler.js';
import { ScheduleRepository } from './schedules/schedule.repository.js';
import { ScheduleService } from './schedules/schedule.service.js';
import { ScheduleStarter } from './schedules/schedule.starter.js';
import { Admission } from './queues/admission.js';
import { AdmissionRepository } from './queues/admission.repository.js';
import { GrantRepository } from './queues/grant.repository.js';
import { Admitter } from './queues/admitter.js';
import { Capacity } from './queues/capacity.js';
import { Lanes } from './queues/lanes.js';
import { QueueDepthRepository } from './queues/queue-depth.repository.js';
import { QueueRepository } from './queues/queue.repository.js';
import { QueueService } from './queues/queue.service.js';
import { StartGate } from './queues/start-gate.js';
import { QueueTelemetry } from './queues/queue.telemetry.js';
import { StepHandler } from './steps/step.handler.js';
import { StepService } from './steps/step.service.js';
import { TriggerHandler } from './triggers/trigger.handler.js';
import { TriggerService } from './triggers/trigger.service.js';

@Module({
  controllers: [
    DefinitionHandler,
    ScheduleHandler,
    ExecutionHandler,
    ControlHandler,
    EventHandler,
    StepHandler,
    TriggerHandler,
  ],
  providers: [
    AuditLog,
    DefinitionRepository,
    ScheduleRepository,
    ScheduleService,
    ScheduleStarter,
    DefinitionService,
    PlanCache,
    WorkspaceKeyRepository,
    WorkspaceKeys,
    BlobRepository,
    LargeValues,
    EventSeal,
    RowCodec,
    ExecutionRepository,
    ExecutionCache,
    TransitionRepository,
    TransitionService,
    Dispatcher,
    Starter,
    Aftermath,
    ControlService,
    ForkService,
    WhyService,
    EventService,
    ExecutionService,
    Sweeper,
    StepService,
    Lanes,
    Admission,
    AdmissionRepository,
    GrantRepository,
    Admitter,
    Capacity,
    StartGate,
    QueueRepository,
    QueueDepthRepository,
    QueueTelemetry,
    QueueService,
    TriggerService,
  ],
})
export class AppModule {}
