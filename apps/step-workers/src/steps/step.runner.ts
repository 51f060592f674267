import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import {
  errorTable,
  ServiceError,
  StepApi,
  type Actor,
  type Capability,
  type ClaimReply,
  type StepReport,
  type StepTask,
} from '@scm/contracts';
import { MessagingClient, type DeliveryInfo } from '@scm/messaging';
import { serviceActor } from '@scm/service';
import { CallFault } from '../calls/call-fault.js';
import { assertPayload } from '../computing/step-limits.js';
import { wholeTask } from './large-values.js';
import { deadlineAfter } from './deadline.js';
import { problemOf } from './problem.js';
import { observed } from './step.telemetry.js';
import { ReportSender } from './report.sender.js';

/** What a step kind does: gives the output, throws ServiceError. `signal` aborts when the time is over. */
export type StepWork = (task: StepTask, signal: AbortSignal, actor: Actor) => Promise<unknown>;

/** Also asked for at the first delivery: a task may come just after its execution was cancelled. */
const actsOutside: readonly Capability[] = ['action', 'notification'];

const MAX_PAUSE_MS = 5_000;
const FIRST_PAUSE_MS = 100;

/**
 * Does one step and brings its result to the orchestrator. The answer may hold the execution's next step: then the task
 * stands for that one. Only when nothing follows is it confirmed.
 */
@Injectable()
export class StepRunner {
  private readonly logger = new Logger(StepRunner.name);

  constructor(
    private readonly messaging: MessagingClient,
    private readonly reports: ReportSender,
  ) {}

  async run(held: StepTask, { delivery, signal, draining }: DeliveryInfo, work: StepWork): Promise<void> {
    const actor = serviceActor('step-workers', held.workspaceId, held.startedBy);
    let isInDoubt = delivery > 1 || actsOutside.includes(held.capability);
    for (let task: StepTask | undefined = held; task; isInDoubt = false) {
      const { state, next }: ClaimReply =
        isInDoubt || task.effect === 'ledger' ? await this.claim(task, actor) : { state: 'open' };
      if (state === 'closed') {
        task = next;
        continue;
      }
      const current: StepTask = task;
      const attempt = () => this.attempt(current, signal, actor, work);
      const report = state === 'begun' ? outcomeUnknown(task) : await observed(task, attempt);
      task = await this.deliver(draining.aborted ? report : { ...report, held: held.step }, signal);
    }
  }

  /** A task that comes again may be done already, and its execution cancelled. */
  private async claim(task: StepTask, actor: Actor): Promise<ClaimReply> {
    const { executionId, workspaceId, step, attempt } = task;
    return this.messaging.request(
      StepApi.claim,
      { executionId, workspaceId, step, attempt, ...(task.effect === 'ledger' && { begins: true }) },
      { as: actor },
    );
  }

  private async attempt(task: StepTask, stopping: AbortSignal, actor: Actor, work: StepWork): Promise<StepReport> {
    const deadline = deadlineAfter(task.timeoutMs, stopping);
    const { signal } = deadline;
    try {
      const whole = await wholeTask(this.messaging, task, actor);
      assertPayload(task, 'what it gets', [whole.with, whole.input]);
      const output = (await unlessAborted(work(whole, signal, actor), signal)) ?? null;
      assertPayload(task, 'what it gives', output);
      return { ...idOf(task), outcome: 'completed', output };
    } catch (error) {
      // Another worker shall do what this one has no time for.
      stopping.throwIfAborted();
      const failure = deadline.isOver()
        ? new ServiceError('DEADLINE_EXCEEDED', `the step took longer than ${task.timeoutMs} ms`)
        : error;
      if (!(failure instanceof ServiceError || failure instanceof CallFault))
        this.logger.error(`${task.key}: ${textOf(failure)}`);
      return { ...idOf(task), outcome: 'failed', error: problemOf(failure) };
    } finally {
      deadline.clear();
    }
  }

  /**
   * Repeats until the orchestrator has answered; gives what follows. A result it cannot take is reported as the step's
   * failure.
   */
  private async deliver(report: StepReport, signal: AbortSignal): Promise<StepTask | undefined> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      try {
        return (await this.reports.send(report)).next;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ServiceError)) throw error;
        if (!errorTable[error.code].retryable) {
          if (report.outcome === 'failed')
            throw new ServiceError('UNAVAILABLE', error.message, undefined, { cause: error });
          const { output: _, ...rest } = report;
          return this.deliver({ ...rest, outcome: 'failed', error: problemOf(error) }, signal);
        }
        this.logger.warn(`${report.executionId}/${report.step}: the report waits: ${error.message}`);
        await sleep(pauseMs, undefined, { signal });
      }
    }
  }
}

/** An attempt that was begun before, and of which nobody knows whether it acted. */
function outcomeUnknown(task: StepTask): StepReport {
  const error = problemOf(new ServiceError('UNAVAILABLE', 'an attempt was begun, and nobody knows what it has done'));
  return { ...idOf(task), outcome: 'failed', error: { ...error, retryable: false, outcomeUnknown: true } };
}

function idOf({ executionId, workspaceId, step, attempt }: StepTask) {
  return { executionId, workspaceId, step, attempt };
}

/** Work that does not listen to the signal goes on without anyone waiting. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    void work.catch(() => undefined);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
