import { Injectable } from '@nestjs/common';
import {
  ServiceError,
  StepTasks,
  type ClaimReply,
  type ClaimRequest,
  type Nothing,
  type StepDeadLetter,
  type StepReport,
  type StepReportReply,
} from '@scm/contracts';
import { Database, DeadLetterRepository } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { PlanCache } from '../definitions/plan.cache.js';
import { isOpen } from '../executions/advance.js';
import { Dispatcher } from '../executions/dispatcher.js';
import { ExecutionRepository } from '../executions/execution.repository.js';
import { TransitionService } from '../executions/transition.service.js';

const MAX_OUTPUT_CHARACTERS = 262_144;

/** What workers say of the steps they were given. */
@Injectable()
export class StepService {
  private readonly deadLetters: DeadLetterRepository;

  constructor(
    private readonly transitions: TransitionService,
    private readonly executions: ExecutionRepository,
    private readonly plans: PlanCache,
    private readonly dispatcher: Dispatcher,
    database: Database,
  ) {
    this.deadLetters = new DeadLetterRepository(database);
  }

  /** Answers when the transition is committed. A report nobody waits for is stale; what should be in flight is ensured. */
  async report({ executionId, reference, attempt, outcome, output, error }: StepReport): Promise<StepReportReply> {
    if ((JSON.stringify(output) ?? '').length > MAX_OUTPUT_CHARACTERS) {
      throw new ServiceError('PAYLOAD_TOO_LARGE', `an output has at most ${MAX_OUTPUT_CHARACTERS} characters`);
    }
    const { workspaceId } = currentActor();
    const change = { kind: 'report' as const, reference, attempt, outcome, output, error };
    const result = await this.transitions.apply({ executionId, workspaceId, change });
    if (result?.changed) await this.dispatcher.dispatch(result.execution);
    else if (result) await this.dispatcher.ensure(result.execution);
    return { result: result?.changed ? 'accepted' : 'stale' };
  }

  async claim(request: ClaimRequest): Promise<ClaimReply> {
    const { workspaceId } = currentActor();
    const execution = await this.executions.inWorkspace(workspaceId, (tx) =>
      this.executions.find(tx, request.executionId),
    );
    if (!execution) return { state: 'closed' };
    const plan = await this.plans.get(workspaceId, execution.workflow, execution.version);
    return { state: isOpen(plan, execution, request) ? 'open' : 'closed' };
  }

  /** Keeps the task, and faults the execution that would wait for it. */
  async bury({ subject, reason, payload, deliveries }: StepDeadLetter): Promise<Nothing> {
    await this.deadLetters.add({ subject, reason, payload, deliveries });
    const executionId = executionIn(subject);
    if (executionId) await this.transitions.apply({ executionId, change: { kind: 'undeliverable', detail: reason } });
    return {};
  }
}

/** The key of a task's subject is the execution's id. */
function executionIn(subject: string): string | undefined {
  const contract = Object.values(StepTasks).find((task) => subject.startsWith(`${task.subject}.`));
  const id = contract && subject.slice(contract.subject.length + 1);
  return id && /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
}
