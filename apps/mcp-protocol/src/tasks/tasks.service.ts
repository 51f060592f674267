import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { newId } from '@scm/database';
import { errorCodes, isJsonObject, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { McpConfig } from '../config.js';
import { isAnswerTo } from '../connectors/input-answers.js';
import type { Exchange } from '../protocol/exchange.js';
import { isAsking, pendingOf, type Task, type TaskOutcome, type TaskState } from './task.js';
import { TaskExecutions } from './task-executions.js';
import { TaskTidings } from './task-tidings.js';
import { TasksRepository } from './tasks.repository.js';

const MAX_OPEN = 1_000;
const SWEEP_MS = 60_000;
/** An execution that does not change its task for so long is asked whether it ended. */
const QUIET_MS = 2_000;

/** The tasks of callers: each sees its own. */
@Injectable()
export class TasksService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(TasksService.name);
  private sweeps?: NodeJS.Timeout;

  constructor(
    private readonly rows: TasksRepository,
    private readonly executions: TaskExecutions,
    private readonly tidings: TaskTidings,
    private readonly config: McpConfig,
  ) {}

  onModuleInit(): void {
    this.sweeps = setInterval(() => void this.sweep(), SWEEP_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeps);
  }

  /** Keeps a task of the caller; what is to be called for it is begun before this resolves. Throws RESOURCE_EXHAUSTED. */
  async add({ actor, server }: Exchange, tool: string, state: TaskState, id: string = newId()): Promise<Task> {
    const createdAt = new Date();
    const expiresAt = new Date(createdAt.getTime() + this.config.mcpTaskHours * 3_600_000);
    const { workspaceId } = actor;
    const of = { id, workspaceId, principal: principalOf(actor), ...(server !== undefined && { server }) };
    const task: Task = { ...of, tool, state, createdAt, updatedAt: createdAt, expiresAt };
    if (!(await this.rows.add(task, MAX_OPEN)))
      throw new ServiceError('RESOURCE_EXHAUSTED', `${MAX_OPEN} tasks of this caller have not ended`);
    if (state.call) await this.executions.start(task);
    return task;
  }

  /** Throws ProtocolError -32602, the same for somebody else's task and for none. */
  async get({ actor }: Pick<Exchange, 'actor'>, id: string): Promise<Task> {
    const task = UUID.test(id) ? await this.rows.find(actor.workspaceId, id) : undefined;
    if (task?.principal !== principalOf(actor)) throw noTask(id);
    return this.lookedAfter(task);
  }

  async list({ actor }: Pick<Exchange, 'actor'>, limit: number, after?: [string, string]): Promise<Task[]> {
    return this.rows.list(actor.workspaceId, principalOf(actor), limit, after);
  }

  /** Answers what the task asks; the tool goes on when all is answered. Throws ProtocolError -32602 for what is no answer. */
  async answer({ workspaceId, id }: Task, responses: JsonObject): Promise<void> {
    const task = await this.rows.change(workspaceId, id, (state) => answered(state, responses));
    if (!task) throw noTask(id);
    if (isReady(task.state)) await this.executions.goOn(task, task.state.begunStep ?? 0);
    await this.tidings.tell(id);
  }

  /** The first outcome is the one that counts. */
  async settle({ workspaceId, id }: Pick<Task, 'workspaceId' | 'id'>, outcome: TaskOutcome): Promise<void> {
    await this.rows.change(workspaceId, id, (state) => (state.outcome ? undefined : { ...state, outcome }));
    await this.tidings.tell(id);
  }

  async cancel(task: Task): Promise<void> {
    if (task.state.outcome) return;
    await this.settle(task, { status: 'cancelled' });
    await this.tidings.stop(task.id);
    await this.executions.cancel(task);
  }

  /** An execution may have ended without its tool, and a client's answers may not have reached it. */
  private async lookedAfter(task: Task): Promise<Task> {
    const { state, updatedAt } = task;
    const isQuiet = Date.now() - updatedAt.getTime() > QUIET_MS;
    if (!state.call || state.outcome || isAsking(state) || !isQuiet) return task;
    if (isReady(state)) await this.executions.goOn(task, state.begunStep ?? 0);
    const status = await this.executions.statusOf(task);
    if (status !== 'faulted' && status !== 'cancelled') return task;
    await this.settle(task, status === 'cancelled' ? { status } : { status: 'failed', error: lost });
    return (await this.rows.find(task.workspaceId, task.id)) ?? task;
  }

  private async sweep(): Promise<void> {
    try {
      for (const task of await this.rows.sweep()) await this.executions.cancel(task);
    } catch (error) {
      this.logger.warn(`old tasks stay: ${String(error)}`);
    }
  }
}

const lost = {
  code: errorCodes.internalError,
  message: 'The call was given up: nobody knows what the tool has done',
};

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

export function principalOf({ kind, id }: Exchange['actor']): string {
  return `${kind}:${id}`;
}

function noTask(id: string): ProtocolError {
  return new ProtocolError(errorCodes.invalidParams, `there is no task ${id}`);
}

/** Everything that was asked is answered, and the tool was not called again yet. */
function isReady(state: TaskState): boolean {
  return state.outcome === undefined && state.asked !== undefined && !isAsking(state);
}

/** Answers to what nobody asks, or not any more, change nothing. */
function answered(state: TaskState, responses: JsonObject): TaskState | undefined {
  if (state.outcome) return undefined;
  const given = Object.entries(pendingOf(state)).filter(([key]) => responses[key] !== undefined);
  for (const [key, request] of given) {
    if (!isJsonObject(request) || !isAnswerTo(String(request['method']), responses[key]))
      throw new ProtocolError(errorCodes.invalidParams, `params.inputResponses.${key} does not answer what was asked`);
  }
  if (given.length === 0) return undefined;
  const answers = Object.fromEntries(given.map(([key]) => [key, responses[key]]));
  return { ...state, answers: { ...state.answers, ...answers } };
}
