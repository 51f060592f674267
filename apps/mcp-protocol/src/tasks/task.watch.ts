import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import { KeptTasks } from './kept-tasks.js';
import { detailedTask, isEnded } from './task-view.js';
import { TaskTidings } from './task-tidings.js';
import type { Task } from './task.js';
import { TasksService } from './tasks.service.js';

/** A change that nobody told is seen this soon. */
const LOOK_MS = 1_000;

/** Shows tasks as they are, and as they change. */
@Injectable()
export class TaskWatch {
  constructor(
    private readonly tasks: TasksService,
    private readonly kept: KeptTasks,
    private readonly tidings: TaskTidings,
  ) {}

  /** The answer to `tasks/get`. */
  async shown(task: Task, exchange: Exchange): Promise<JsonObject> {
    return task.state.kept ? this.kept.get(task, exchange) : { resultType: 'complete', ...detailedTask(task) };
  }

  /** The task now and after each change, until it has ended or the exchange is over. Throws ProtocolError for no task. */
  async *follow(exchange: Exchange, id: string): AsyncGenerator<JsonObject> {
    const { signal } = exchange;
    for (let before = ''; !signal.aborted;) {
      const changed = this.tidings.change(id, LOOK_MS, signal);
      const shown = await this.shown(await this.tasks.get(exchange, id), exchange);
      const now = JSON.stringify([shown['status'], shown['lastUpdatedAt'], shown['inputRequests']]);
      if (now !== before) yield shown;
      if (isEnded(shown)) return;
      before = now;
      await changed;
    }
  }
}
