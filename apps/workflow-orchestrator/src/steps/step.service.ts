import { Injectable } from '@nestjs/common';
import {
  ServiceError,
  StepTasks,
  type ClaimReply,
  type ClaimRequest,
  type Nothing,
  type StepDeadLetter,
  type StepReport,
  type StepReportReplies,
  type StepReportReply,
} from '@scm/contracts';
import { Database, DeadLetterRepository } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { SecretBox } from '@scm/service';
import { Aftermath } from '../executions/aftermath.js';
import type { ExecutionRow } from '../executions/execution.entities.js';
import { ExecutionRepository } from '../executions/execution.repository.js';
import { hasEnded } from '../executions/move.js';
import { isOpen } from '../machine/machine.js';
import { assertSmallEnough } from '../payloads/limits.js';
import { OrchestratorConfig } from '../orchestrator.config.js';
import { QueueTelemetry } from '../queues/queue.telemetry.js';

/** What workers say of the steps they were given. */
@Injectable()
export class StepService {
  private readonly deadLetters: DeadLetterRepository;

  constructor(
    private readonly aftermath: Aftermath,
    private readonly executions: ExecutionRepository,
    private readonly telemetry: QueueTelemetry,
    database: Database,
    config: OrchestratorConfig,
  ) {
    this.deadLetters = new DeadLetterRepository(database, new SecretBox(config.encryptionKey));
  }

  /** Answers when the transitions are committed; what is wrong with one report is told of it alone. */
  async reportAll(reports: readonly StepReport[]): Promise<StepReportReplies> {
    const replies = reports.map((report) => this.report(report).catch((error: unknown) => refusal(error)));
    return { replies: await Promise.all(replies) };
  }

  /** Answers when the transition is committed. A report nobody waits for is stale; what should be in flight is ensured. */
  private async report({
    executionId,
    step,
    attempt,
    outcome,
    output,
    error,
    traceparent,
    held,
  }: StepReport): Promise<StepReportReply> {
    assertSmallEnough(output, 'output');
    const { workspaceId } = currentActor();
    const change = { kind: 'report' as const, frame: step, attempt, outcome, output, error, traceparent };
    const found = await this.aftermath.apply(executionId, change, { workspaceId, held });
    if (found && !found.move) await this.aftermath.recover(found.execution);
    const next = found && held !== undefined ? await this.aftermath.carriedBy(found.execution, held) : undefined;
    return { result: found?.move ? 'accepted' : 'stale', ...(next && { next }) };
  }

  async claim({ executionId, step, attempt, begins }: ClaimRequest): Promise<ClaimReply> {
    const { workspaceId } = currentActor();
    const asked = { frame: step, attempt };
    if (begins) {
      const outcome = await this.aftermath.apply(executionId, { kind: 'begin', ...asked }, { workspaceId });
      if (outcome?.move) return { state: 'open' };
      return this.claimed(outcome?.execution, asked, 'begun');
    }
    const execution = await this.executions.inWorkspace(workspaceId, (tx) => this.executions.find(tx, executionId));
    return this.claimed(execution, asked, 'open');
  }

  /** The task of a step that is done may stand for another one by now. */
  private async claimed(
    execution: ExecutionRow | undefined,
    asked: { frame: number; attempt: number },
    state: ClaimReply['state'],
  ): Promise<ClaimReply> {
    if (!execution) return { state: 'closed' };
    if (isWanted(execution, asked)) return { state };
    const next = await this.aftermath.carriedBy(execution, asked.frame);
    return { state: 'closed', ...(next && { next }) };
  }

  /** Keeps the task, and faults the execution that would wait for it. */
  async bury({ subject, reason, payload, deliveries }: StepDeadLetter): Promise<Nothing> {
    await this.deadLetters.add({ subject, reason, payload, deliveries });
    const call = callIn(subject);
    const change = { kind: 'undeliverable' as const, frame: call?.frame ?? 0, detail: reason };
    const outcome = call && (await this.aftermath.apply(call.executionId, change));
    this.telemetry.countDeadLetter(capabilityOfTask(subject), outcome?.execution.workspaceId);
    return {};
  }
}

function refusal(error: unknown): StepReportReply {
  if (!(error instanceof ServiceError)) throw error;
  return { result: 'refused', error: { code: error.code, message: error.message } };
}

function isWanted({ status, state }: ExecutionRow, asked: { frame: number; attempt: number }): boolean {
  return !hasEnded(status) && isOpen(state, asked);
}

function capabilityOfTask(subject: string): string {
  return Object.entries(StepTasks).find(([, task]) => subject.startsWith(`${task.subject}.`))?.[0] ?? 'unknown';
}

/** The key of a task's subject is the execution's id and the step's number. */
function callIn(subject: string): { executionId: string; frame: number } | undefined {
  const [, executionId, frame] = /\.([0-9a-f-]{36})\.(\d+)$/.exec(subject) ?? [];
  return executionId === undefined ? undefined : { executionId, frame: Number(frame) };
}
