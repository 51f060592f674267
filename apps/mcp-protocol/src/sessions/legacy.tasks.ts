import { Inject, Injectable } from '@nestjs/common';
import { decodeCursor, toPage } from '@scm/database';
import {
  errorCodes,
  isJsonObject,
  ProtocolError,
  type JsonObject,
  type JsonRpcRequest,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { answerOf } from '../protocol/answering.js';
import { PROVIDER, type Exchange, type Provider } from '../protocol/exchange.js';
import { withTasks } from '../tasks/task-support.js';
import { createdTask, detailedTask, isEnded } from '../tasks/task-view.js';
import { TasksService } from '../tasks/tasks.service.js';
import { exchangeOf, type LegacyCaller, type LegacyStream } from './legacy-caller.js';
import { SessionsService } from './sessions.service.js';
import { TaskOutcomes } from './task.outcomes.js';
import { relatedTo, resultDown } from './translation.js';

const PAGE = 50;

/** Tasks as 2025-11-25 has them: the client wishes for them, asks for what came of them, and lists them. */
@Injectable()
export class LegacyTasks {
  constructor(
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly tasks: TasksService,
    private readonly outcomes: TaskOutcomes,
    private readonly sessions: SessionsService,
  ) {}

  /** Undefined for methods that are not about tasks. */
  async answer(
    { method, params = {} }: JsonRpcRequest,
    caller: LegacyCaller,
    stream: LegacyStream,
  ): Promise<JsonObject | undefined> {
    if (!method.startsWith('tasks/')) return undefined;
    const meta = { ...(isJsonObject(params['_meta']) && params['_meta']), ...caller.requestMeta };
    const exchange = exchangeOf({ method, params: withTasks({ ...params, _meta: meta }) }, caller, stream);
    switch (method) {
      case 'tasks/get':
        return this.get(exchange, caller.revision);
      case 'tasks/cancel':
        return this.cancel(exchange, caller.revision);
      case 'tasks/list':
        return this.list(exchange, caller.revision);
      case 'tasks/result':
        return this.result(exchange, caller, stream);
      default:
        return undefined;
    }
  }

  /** Answers a wish for a task; what has its result already becomes a task that has ended. */
  async created(exchange: Exchange, result: JsonObject, { revision, session }: LegacyCaller): Promise<JsonObject> {
    const task = result['resultType'] === 'task' ? result : await this.ended(exchange, result);
    if (session) await this.sessions.watchTask(session, String(task['taskId']));
    return resultDown(task, exchange.method, revision);
  }

  /** The result of a call that became a task without its client's knowledge; who gives it up gives up the task. */
  async wait(
    exchange: Exchange,
    { taskId }: JsonObject,
    caller: LegacyCaller,
    stream: LegacyStream,
  ): Promise<JsonObject> {
    const asked = { ...exchange, params: withTasks({ ...exchange.params, taskId }) };
    try {
      return await this.outcomes.of(asked, caller, stream);
    } finally {
      const signal = new AbortController().signal;
      if (exchange.signal.aborted) await this.provider.answer({ ...asked, method: 'tasks/cancel', signal });
    }
  }

  private async get(exchange: Exchange, revision: ProtocolRevision): Promise<JsonObject> {
    return resultDown(await this.detailed(exchange), 'tasks/get', revision);
  }

  private async cancel(exchange: Exchange, revision: ProtocolRevision): Promise<JsonObject> {
    const { status } = await this.detailed(exchange);
    if (isEnded({ status })) throw new ProtocolError(errorCodes.invalidParams, `The task has ended: ${String(status)}`);
    await answerOf(this.provider, exchange);
    return this.get(exchange, revision);
  }

  private async list(exchange: Exchange, revision: ProtocolRevision): Promise<JsonObject> {
    const after = cursorOf(exchange.params['cursor']);
    const rows = await this.tasks.list(exchange, PAGE + 1, after);
    const { items, nextCursor } = toPage(
      rows,
      PAGE,
      (task) => [task.createdAt.toISOString(), task.id],
      (task) => resultDown({ resultType: 'complete', ...detailedTask(task) }, 'tasks/get', revision),
    );
    return { tasks: items, ...(nextCursor !== undefined && { nextCursor }) };
  }

  private async result(exchange: Exchange, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const result = await this.outcomes.of(exchange, caller, stream);
    return relatedTo(String(exchange.params['taskId']), resultDown(result, 'tools/call', caller.revision));
  }

  private async detailed(exchange: Exchange): Promise<JsonObject> {
    return answerOf(this.provider, { ...exchange, method: 'tasks/get' });
  }

  private async ended(exchange: Exchange, result: JsonObject): Promise<JsonObject> {
    const state = { outcome: { status: 'completed', result } } as const;
    const task = await this.tasks.add(exchange, String(exchange.params['name']), state);
    return createdTask(task);
  }
}

function cursorOf(cursor: unknown): [string, string] | undefined {
  if (typeof cursor !== 'string') return undefined;
  try {
    return decodeCursor(cursor, ['instant', 'uuid']) as [string, string];
  } catch {
    throw new ProtocolError(errorCodes.invalidParams, 'cursor is not one of this list');
  }
}
