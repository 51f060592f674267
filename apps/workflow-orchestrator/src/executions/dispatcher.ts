import { Inject, Injectable, Logger } from '@nestjs/common';
import { ServiceError, StepTasks } from '@scm/contracts';
import { ensureStreams, MessagingClient, TaskQueue } from '@scm/messaging';
import { NATS, type Nats } from '@scm/service';
import { PlanCache } from '../definitions/plan.cache.js';
import type { ExecutionRow } from './execution.entities.js';
import { stepTaskOf } from './step-task.js';
import { TransitionService } from './transition.service.js';

/** JetStream forgets a message id after this long; then a lost task needs a new one. */
const DUPLICATE_WINDOW_MS = 120_000;

/** Brings the open step of an execution to the workers. It is derived from the row, so doing it again is harmless. */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger(Dispatcher.name);
  private readonly queue: TaskQueue;

  constructor(
    private readonly messaging: MessagingClient,
    private readonly plans: PlanCache,
    private readonly transitions: TransitionService,
    @Inject(NATS) private readonly nc: Nats,
  ) {
    this.queue = new TaskQueue(nc);
  }

  /** Enqueues the open step. A failure is left to the sweep: the row says what is missing. */
  async dispatch(execution: ExecutionRow): Promise<void> {
    if (execution.status !== 'running') return;
    try {
      await this.enqueue(execution);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'PAYLOAD_TOO_LARGE')
        await this.giveUp(execution, error.message);
      else this.logger.warn(`execution ${execution.id} waits for the sweep: ${reasonOf(error)}`);
    }
  }

  /** Enqueues the open step unless its task is stored, taken by a worker or not. */
  async ensure(execution: ExecutionRow): Promise<void> {
    if (execution.status !== 'running' || (await this.isStored(execution))) return;
    await this.dispatch(execution);
  }

  /** Takes the task of a step that is not wanted any more out of the queue, if no worker has it yet. */
  async withdraw({ id, capability }: ExecutionRow): Promise<void> {
    if (!capability) return;
    await this.queue
      .withdraw(StepTasks[capability], [id])
      .catch((error: unknown) => this.logger.warn(`the task of ${id} stays in the queue: ${reasonOf(error)}`));
  }

  private async enqueue(execution: ExecutionRow): Promise<void> {
    const { id, workspaceId, workflow, version, attempt, traceparent, openedAt } = execution;
    const task = stepTaskOf(await this.plans.get(workspaceId, workflow, version), execution);
    const windows = Math.floor((Date.now() - (openedAt?.getTime() ?? 0)) / DUPLICATE_WINDOW_MS);
    const options = { id: `${id}:${task.reference}:${attempt}:${windows}`, traceparent: traceparent ?? undefined };
    const send = () => this.messaging.enqueue(StepTasks[task.capability], [id], task, options);
    await send().catch(async (error: unknown) => {
      if (error instanceof ServiceError) throw error;
      // The stream may be gone: it holds nothing that cannot be derived again.
      await ensureStreams(this.nc, 'workflow-orchestrator');
      await send();
    });
  }

  private async isStored(execution: ExecutionRow): Promise<boolean> {
    const { id, capability, attempt, workspaceId, workflow, version, cursor } = execution;
    if (!capability) return false;
    const plan = await this.plans.get(workspaceId, workflow, version);
    try {
      const stored = await this.queue.newest(StepTasks[capability], [id]);
      return stored?.attempt === attempt && stored.reference === plan.steps[cursor]?.reference;
    } catch (error) {
      this.logger.warn(`whether ${id} is in the queue is unknown: ${reasonOf(error)}`);
      return true;
    }
  }

  private async giveUp({ id }: ExecutionRow, detail: string): Promise<void> {
    await this.transitions.apply({ executionId: id, change: { kind: 'undeliverable', detail } });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
