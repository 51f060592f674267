import { Module } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { DefinitionHandler } from './definitions/definition.handler.js';
import { DefinitionRepository } from './definitions/definition.repository.js';
import { DefinitionService } from './definitions/definition.service.js';
import { PlanCache } from './definitions/plan.cache.js';
import { Dispatcher } from './executions/dispatcher.js';
import { ExecutionHandler } from './executions/execution.handler.js';
import { ExecutionRepository } from './executions/execution.repository.js';
import { ExecutionService } from './executions/execution.service.js';
import { Sweeper } from './executions/sweeper.js';
import { TransitionRepository } from './executions/transition.repository.js';
import { TransitionService } from './executions/transition.service.js';
import { QueueRepository } from './steps/queue.repository.js';
import { QueueService } from './steps/queue.service.js';
import { StepHandler } from './steps/step.handler.js';
import { StepService } from './steps/step.service.js';
import { TriggerHandler } from './triggers/trigger.handler.js';
import { TriggerService } from './triggers/trigger.service.js';

@Module({
  controllers: [DefinitionHandler, ExecutionHandler, StepHandler, TriggerHandler],
  providers: [
    AuditLog,
    DefinitionRepository,
    DefinitionService,
    PlanCache,
    ExecutionRepository,
    TransitionRepository,
    TransitionService,
    Dispatcher,
    ExecutionService,
    Sweeper,
    StepService,
    QueueRepository,
    QueueService,
    TriggerService,
  ],
})
export class AppModule {}
