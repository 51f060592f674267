import { Injectable } from '@nestjs/common';
import { errorTable, ServiceError, type RunToolReply, type RunToolRequest } from '@scm/contracts';
import { currentActor, runCallUntil, type StreamedAnswer } from '@scm/messaging';
import { errorCodes, type JsonObject, type JsonRpcErrorBody } from '@scm/mcp-messages';
import { Federation } from '../federation/federation.js';
import { toProtocolError } from '../protocol/answering.js';
import type { Exchange } from '../protocol/exchange.js';
import { assertMayBeAsked } from '../protocol/input-requests.js';
import type { Task, TaskCall } from './task.js';
import { isAsking } from './task-answers.js';
import { exchangeOf } from './task-call.js';
import { TaskTidings } from './task-tidings.js';
import { TasksRepository } from './tasks.repository.js';
import { TasksService } from './tasks.service.js';

/** Calls the tool of a task when the engine says so, and keeps what came of it before the engine hears of that. */
@Injectable()
export class TaskRunner {
  constructor(
    private readonly rows: TasksRepository,
    private readonly tasks: TasksService,
    private readonly tidings: TaskTidings,
    private readonly federation: Federation,
  ) {}

  /** The same step may come again. Throws ServiceError when it may be tried again, or there is no such task. */
  async run({ task: id, step }: RunToolRequest, answer: StreamedAnswer<RunToolReply>): Promise<RunToolReply> {
    let isBegun = false;
    const task = await this.rows.change(currentActor().workspaceId, id, (state) => {
      isBegun = state.begunStep === step;
      return isBegun || state.outcome || isAsking(state) ? undefined : { ...state, begunStep: step };
    });
    if (!task?.state.call) throw new ServiceError('NOT_FOUND', `there is no task ${id}`);
    const { state } = task;
    if (state.outcome) return { asks: false };
    if (isAsking(state)) return { asks: true };
    // Somebody called the tool for this step before, and did not live to say what came of it.
    if (isBegun && !state.call?.isIdempotent) return this.failed(task, unknown);
    return this.call(task, task.state.call, answer.signal);
  }

  private async call(task: Task, call: TaskCall, signal: AbortSignal): Promise<RunToolReply> {
    const running = this.tidings.open(task.id, signal);
    try {
      const exchange = exchangeOf(task, call, running.signal);
      const result = await runCallUntil(exchange, () => this.federation.answer(exchange));
      return await this.took(task, exchange, result);
    } catch (error) {
      if (running.isCancelled) return { asks: false };
      // This replica stops, or an upstream is away: whoever comes next tries again where that does no harm.
      if (signal.aborted) throw new ServiceError('UNAVAILABLE', 'the call was broken off');
      if (call.isIdempotent && isPassing(error)) throw error;
      return await this.failed(task, toProtocolError(error).toResponse(0).error);
    } finally {
      running.close();
    }
  }

  private async took(task: Task, exchange: Exchange, result: JsonObject): Promise<RunToolReply> {
    if (result['resultType'] !== 'input_required') {
      await this.tasks.settle(task, { status: 'completed', result });
      return { asks: false };
    }
    assertMayBeAsked(exchange, result);
    const { inputRequests = {}, requestState } = result;
    const asked = { step: task.state.begunStep ?? 0, inputRequests: inputRequests as JsonObject, requestState };
    await this.rows.change(task.workspaceId, task.id, (state) => ({ ...state, asked, answers: {} }));
    await this.tidings.tell(task.id);
    return { asks: true };
  }

  private async failed(task: Task, error: JsonRpcErrorBody): Promise<RunToolReply> {
    await this.tasks.settle(task, { status: 'failed', error });
    return { asks: false };
  }
}

const unknown = {
  code: errorCodes.internalError,
  message: 'The call was broken off: nobody knows what the tool has done',
};

function isPassing(error: unknown): boolean {
  return error instanceof ServiceError && errorTable[error.code].retryable;
}
