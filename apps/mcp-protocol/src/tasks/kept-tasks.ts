import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@scm/mcp-messages';
import { Federation } from '../federation/federation.js';
import { withParams } from '../federation/member.js';
import type { Exchange } from '../protocol/exchange.js';
import { detailedTask, outcomeOf, ttlMsOf } from './task-view.js';
import type { Task } from './task.js';
import { TasksService } from './tasks.service.js';

/** Tasks that a member of the server keeps itself: clients know them by a name of ours, and its answers are passed on. */
@Injectable()
export class KeptTasks {
  constructor(
    private readonly tasks: TasksService,
    private readonly federation: Federation,
  ) {}

  /** Keeps whose task it is before its caller hears of it. `isOurs`: its name is that of an execution. */
  async keep(exchange: Exchange, created: JsonObject, member: string, isOurs: boolean): Promise<JsonObject> {
    const own = String(created['taskId']);
    const tool = String(exchange.params['name']);
    const task = await this.tasks.add(exchange, tool, { kept: { member, task: own } }, isOurs ? own : undefined);
    return shown(task, created);
  }

  /** What it ended with is kept here too. */
  async get(task: Task, exchange: Exchange): Promise<JsonObject> {
    if (task.state.outcome) return { resultType: 'complete', ...detailedTask(task) };
    const detailed = shown(task, await this.ask(task, exchange, 'tasks/get'));
    const outcome = outcomeOf(detailed);
    if (outcome) await this.tasks.settle(task, outcome);
    return detailed;
  }

  /** Passes a request about the task on. */
  async ask({ state, server }: Task, exchange: Exchange, method = exchange.method): Promise<JsonObject> {
    const { member = '', task = '' } = state.kept ?? {};
    const own = { ...exchange.params, taskId: task };
    return this.federation.answerAt(member, withParams(exchange, own, { method, server }));
  }
}

/** Its name and the time it is known for are ours. */
function shown(task: Task, told: JsonObject): JsonObject {
  return { ...told, taskId: task.id, ttlMs: ttlMsOf(task) };
}
