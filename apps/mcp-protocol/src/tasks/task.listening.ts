import { Injectable } from '@nestjs/common';
import { isJsonObject, ProtocolError, type JsonObject, type JsonRpcNotification } from '@scm/mcp-messages';
import { Federation } from '../federation/federation.js';
import { withParams } from '../federation/member.js';
import type { Exchange } from '../protocol/exchange.js';
import { TaskWatch } from './task.watch.js';
import { TasksService } from './tasks.service.js';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const MAX_TASKS = 64;

/** Tells those who listen how their tasks change, beside what the members of the server tell. */
@Injectable()
export class TaskListening {
  constructor(
    private readonly federation: Federation,
    private readonly tasks: TasksService,
    private readonly watch: TaskWatch,
  ) {}

  async listen(exchange: Exchange): Promise<JsonObject> {
    const agreed = await this.agreedOf(exchange);
    if (agreed.length === 0) return this.federation.answer(exchange);
    let telling: Promise<unknown> = Promise.resolve();
    const notify = (notification: JsonRpcNotification) => {
      if (notification.method !== ACKNOWLEDGED) return exchange.notify(notification);
      exchange.notify(acknowledging(notification, agreed));
      telling = Promise.all(agreed.map((id) => this.tell(exchange, id).catch(unlessUnknown)));
      telling.catch(() => undefined);
    };
    const result = await this.federation.answer(withParams(exchange, exchange.params, { notify }));
    await telling;
    return result;
  }

  private async tell(exchange: Exchange, id: string): Promise<void> {
    for await (const { resultType: _, ...params } of this.watch.follow(exchange, id))
      exchange.notify({ jsonrpc: '2.0', method: 'notifications/tasks', params });
  }

  /** Those that are the caller's. */
  private async agreedOf(exchange: Exchange): Promise<string[]> {
    const { notifications } = exchange.params;
    const wanted = isJsonObject(notifications) ? notifications['taskIds'] : undefined;
    const ids = Array.isArray(wanted) ? [...new Set(wanted.map(String))].slice(0, MAX_TASKS) : [];
    const found = await Promise.all(ids.map((id) => this.tasks.get(exchange, id).catch(unlessUnknown)));
    return found.flatMap((task) => task?.id ?? []);
  }
}

function acknowledging({ params = {}, ...message }: JsonRpcNotification, taskIds: string[]): JsonRpcNotification {
  const notifications = isJsonObject(params['notifications']) ? params['notifications'] : {};
  return { ...message, params: { ...params, notifications: { ...notifications, taskIds } } };
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof ProtocolError)) throw error;
}
