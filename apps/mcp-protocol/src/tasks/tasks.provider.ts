import { Injectable } from '@nestjs/common';
import { isJsonObject, tasksExtension, type JsonObject } from '@scm/mcp-messages';
import { Federation, isIdempotent } from '../federation/federation.js';
import { CallAudit } from '../protocol/call-audit.js';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { KeptTasks } from './kept-tasks.js';
import { TaskListening } from './task.listening.js';
import { TaskWatch } from './task.watch.js';
import { assertDeclaresTasks, declaresTasks, taskSupportOf } from './task-support.js';
import { createdTask } from './task-view.js';
import type { TaskCall } from './task.js';
import { TasksService } from './tasks.service.js';

/** All there is, and calls of tools that become tasks: those whose tool says so, when their client knows tasks. */
@Injectable()
export class TasksProvider implements Provider {
  constructor(
    private readonly federation: Federation,
    private readonly tasks: TasksService,
    private readonly kept: KeptTasks,
    private readonly listening: TaskListening,
    private readonly watch: TaskWatch,
    private readonly audit: CallAudit,
  ) {}

  async answer(exchange: Exchange): Promise<JsonObject> {
    switch (exchange.method) {
      case 'server/discover':
        return offered(await this.federation.answer(exchange));
      case 'tools/call':
        return this.call(exchange);
      case 'tasks/get':
      case 'tasks/update':
      case 'tasks/cancel':
        assertDeclaresTasks(exchange);
        return this.ofTask(exchange, String(exchange.params['taskId']));
      case 'subscriptions/listen':
        return this.listening.listen(exchange);
      default:
        return this.federation.answer(exchange);
    }
  }

  findTool(name: string, exchange: Exchange): Promise<JsonObject | undefined> {
    return this.federation.findTool(name, exchange);
  }

  private async call(exchange: Exchange): Promise<JsonObject> {
    const found = await this.federation.toolOf(exchange);
    const { member, tool } = found;
    const support = taskSupportOf(tool);
    if (support === 'required') assertDeclaresTasks(exchange);
    if ((support === 'required' || support === 'optional') && declaresTasks(exchange))
      return this.begin(exchange, { isIdempotent: isIdempotent(tool), isTaskOnly: support === 'required' });
    const result = await this.federation.callTool(found, exchange);
    return result['resultType'] === 'task' ? this.kept.keep(exchange, result, member.name, !member.upstream) : result;
  }

  private async begin(exchange: Exchange, about: Omit<TaskCall, 'actor' | 'params'>): Promise<JsonObject> {
    const { actor, params } = exchange;
    const tool = String(params['name']);
    const task = await this.tasks.add(exchange, tool, { call: { actor, params, ...about } });
    await this.audit.record('tools/call', 'started', { resource: tool, details: { task: task.id } });
    return createdTask(task);
  }

  private async ofTask(exchange: Exchange, id: string): Promise<JsonObject> {
    const { method, params } = exchange;
    const task = await this.tasks.get(exchange, id);
    await this.audit.record(method, method === 'tasks/get' ? 'allowed' : 'done', { resource: id });
    if (method === 'tasks/get') return this.watch.shown(task, exchange);
    if (task.state.kept) return this.kept.ask(task, exchange);
    const { inputResponses } = params;
    if (method === 'tasks/cancel') await this.tasks.cancel(task);
    else await this.tasks.answer(task, isJsonObject(inputResponses) ? inputResponses : {});
    return { resultType: 'complete' };
  }
}

function offered(discovered: JsonObject): JsonObject {
  const capabilities = isJsonObject(discovered['capabilities']) ? discovered['capabilities'] : {};
  const extensions = isJsonObject(capabilities['extensions']) ? capabilities['extensions'] : {};
  return {
    ...discovered,
    capabilities: { ...capabilities, extensions: { ...extensions, [tasksExtension.id]: {} } },
  };
}
