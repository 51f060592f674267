import { Injectable } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { newId } from '@scm/database';
import { errorCodes, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { LRUCache } from 'lru-cache';
import { McpConfig } from '../config.js';
import type { Exchange } from '../protocol/exchange.js';
import type { Task, TaskOutcome, TaskState } from './task.js';
import { answered, isAsking, isReady } from './task-answers.js';
import { TaskExecutions } from './task-executions.js';
import { TaskTidings } from './task-tidings.js';
import { TasksRepository } from './tasks.repository.js';

const MAX_OPEN = 1_000;
/** An execution that does not change its task for so long is asked whether it ended, and so often. */
const QUIET_MS = 2_000;
const MAX_QUIET = 10_000;

/** The tasks of callers: each sees its own. */
@Injectable()
export class TasksService {
  /** Executions that were asked a moment ago. */
  private readonly asked = new LRUCache<string, true>({ max: MAX_QUIET, ttl: QUIET_MS });

  constructor(
    private readonly rows: TasksRepository,
    private readonly executions: TaskExecutions,
    private readonly tidings: TaskTidings,
    private readonly config: McpConfig,
  ) {}

  /** Keeps a task of the caller; what is to be called for it is begun before this resolves. Throws RESOURCE_EXHAUSTED. */
  async add({ actor, server }: Exchange, tool: string, state: TaskState, id: string = newId()): Promise<Task> {
    const createdAt = new Date();
    const expiresAt = new Date(createdAt.getTime() + this.config.mcpTaskHours * 3_600_000);
    const { workspaceId } = actor;
    const of = { id, workspaceId, principal: principalOf(actor), ...(server !== undefined && { server }) };
    const task: Task = { ...of, tool, state, createdAt, updatedAt: createdAt, expiresAt };
    if (!(await this.rows.add(task, MAX_OPEN)))
      throw new ServiceError('RESOURCE_EXHAUSTED', `${MAX_OPEN} tasks of this caller have not ended`);
    if (state.call) await this.start(task);
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

  /** What has ended otherwise stays as it is. */
  async cancel(task: Task): Promise<void> {
    if ((task.state.outcome?.status ?? 'cancelled') !== 'cancelled') return;
    await this.settle(task, { status: 'cancelled' });
    await this.tidings.stop(task.id);
    await this.executions.cancel(task);
  }

  private async start(task: Task): Promise<void> {
    await this.executions.start(task).catch(async (error: unknown) => {
      // Its name is not told: nobody asks for it.
      await this.settle(task, { status: 'cancelled' });
      throw error;
    });
  }

  /** An execution may have ended without its tool, and a client's answers may not have reached it. */
  private async lookedAfter(task: Task): Promise<Task> {
    const { state, updatedAt } = task;
    const isQuiet = Date.now() - updatedAt.getTime() > QUIET_MS;
    if (!state.call || state.outcome || isAsking(state) || !isQuiet || this.asked.has(task.id)) return task;
    this.asked.set(task.id, true);
    const outcome = await this.executions.lookAfter(task, isReady(state) ? state.begunStep : undefined);
    if (!outcome) return task;
    await this.settle(task, outcome);
    return (await this.rows.find(task.workspaceId, task.id)) ?? task;
  }
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

export function principalOf({ kind, id }: Exchange['actor']): string {
  return `${kind}:${id}`;
}

function noTask(id: string): ProtocolError {
  return new ProtocolError(errorCodes.invalidParams, `there is no task ${id}`);
}
