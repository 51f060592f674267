import { Inject, Injectable, Logger } from '@nestjs/common';
import { ServiceError, StepTasks, type StepTask } from '@scm/contracts';
import { ensureStreams, MessagingClient, TaskQueue } from '@scm/messaging';
import { NATS, type Nats } from '@scm/service';
import { PlanCache } from '../definitions/plan.cache.js';
import type { Frame } from '../machine/state.js';
import type { ExecutionRow } from './execution.entities.js';
import { capabilityIn, openCalls } from './move.js';
import { RowCodec } from './row.codec.js';
import { stepTaskOf } from './step-task.js';

/** JetStream forgets a message id after this long; then a lost task needs a new one. */
const DUPLICATE_WINDOW_MS = 120_000;

/** A call that no message can carry. */
export interface Undeliverable {
  frame: Frame;
  detail: string;
}

/** Brings the open calls of an execution to the workers. They are derived from the row, so doing it again is harmless. */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger(Dispatcher.name);
  private readonly queue: TaskQueue;

  constructor(
    private readonly messaging: MessagingClient,
    private readonly plans: PlanCache,
    private readonly codec: RowCodec,
    @Inject(NATS) private readonly nc: Nats,
  ) {
    this.queue = new TaskQueue(nc);
  }

  /**
   * Enqueues open calls. What fails is left to the sweep, since the row says what is missing; gives the calls that no
   * message can carry.
   */
  async dispatch(execution: ExecutionRow, frames: readonly Frame[]): Promise<Undeliverable[]> {
    return (await Promise.all(frames.map((frame) => this.dispatchOne(execution, frame)))).flat();
  }

  /** What a worker gets of an open call. */
  async taskOf(execution: ExecutionRow, frame: Frame): Promise<StepTask> {
    return this.codec.lightened(execution, stepTaskOf(await this.planOf(execution), execution, frame));
  }

  /** The open calls that do not wait in the queue and whose task is not stored, taken by a worker or not. */
  async missing(execution: ExecutionRow, waiting: ReadonlySet<number>): Promise<Frame[]> {
    const found = openCalls(execution)
      .filter(({ id }) => !waiting.has(id))
      .map(async (frame) => ((await this.isStored(execution, frame)) ? [] : [frame]));
    return (await Promise.all(found)).flat();
  }

  /** Takes the tasks of calls that are not wanted any more out of the queue, if no worker has them yet. */
  async withdraw(execution: ExecutionRow, frames: readonly Frame[]): Promise<void> {
    const plan = await this.planOf(execution);
    await Promise.all(
      frames
        .filter(({ kind }) => kind === 'call')
        .map((frame) =>
          this.queue
            .withdraw(StepTasks[capabilityIn(plan, frame)], keysOf(execution, frame))
            .catch((error: unknown) =>
              this.logger.warn(`a task of ${execution.id} stays in the queue: ${reasonOf(error)}`),
            ),
        ),
    );
  }

  private async dispatchOne(execution: ExecutionRow, frame: Frame): Promise<Undeliverable[]> {
    try {
      await this.enqueue(execution, frame);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'PAYLOAD_TOO_LARGE')
        return [{ frame, detail: error.message }];
      this.logger.warn(`execution ${execution.id} waits for the sweep: ${reasonOf(error)}`);
    }
    return [];
  }

  private async enqueue(execution: ExecutionRow, frame: Frame): Promise<void> {
    const task = await this.taskOf(execution, frame);
    const windows = Math.floor((Date.now() - Date.parse(frame.startedAt)) / DUPLICATE_WINDOW_MS);
    const id = `${execution.id}:${frame.id}:${task.attempt}:${windows}`;
    const options = { id, traceparent: execution.traceparent ?? undefined };
    const send = () => this.messaging.enqueue(StepTasks[task.capability], keysOf(execution, frame), task, options);
    await send().catch(async (error: unknown) => {
      if (error instanceof ServiceError) throw error;
      // The stream may be gone: it holds nothing that cannot be derived again.
      await ensureStreams(this.nc, 'workflow-orchestrator');
      await send();
    });
  }

  /** Its own task, or the one that a worker holds and that stands for it. */
  private async isStored(execution: ExecutionRow, frame: Frame): Promise<boolean> {
    const contract = StepTasks[capabilityIn(await this.planOf(execution), frame)];
    const carrier = execution.carried?.[frame.id];
    try {
      if (carrier?.attempt === frame.attempt) {
        if (await this.queue.newest(contract, [execution.id, String(carrier?.task)])) return true;
      }
      return (await this.queue.newest(contract, keysOf(execution, frame)))?.attempt === frame.attempt;
    } catch (error) {
      this.logger.warn(`whether ${execution.id} is in the queue is unknown: ${reasonOf(error)}`);
      return true;
    }
  }

  private planOf({ workspaceId, workflow, version }: ExecutionRow) {
    return this.plans.get(workspaceId, workflow, version);
  }
}

function keysOf({ id }: ExecutionRow, frame: Frame): string[] {
  return [id, String(frame.id)];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
