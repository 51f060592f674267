import { Inject, Injectable } from '@nestjs/common';
import { errorCodes, ProtocolError, type JsonObject, type JsonRpcErrorBody } from '@scm/mcp-messages';
import { answerOf } from '../protocol/answering.js';
import { PROVIDER, type Exchange, type Provider } from '../protocol/exchange.js';
import { TaskWatch } from '../tasks/task.watch.js';
import { ClientInput } from './client-input.js';
import type { LegacyCaller, LegacyStream } from './legacy-caller.js';

/** A client that waits hears at least so often that its call goes on. */
const BEAT_MS = 10_000;

/** Waits for what tasks end with, and asks their clients meanwhile what they ask for. */
@Injectable()
export class TaskOutcomes {
  constructor(
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly watch: TaskWatch,
    private readonly input: ClientInput,
  ) {}

  /** The result of the call that became the task. Throws the ProtocolError it failed with, and one when it was cancelled. */
  async of(exchange: Exchange, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const taskId = String(exchange.params['taskId']);
    const beats = setInterval(beatOf(exchange), BEAT_MS);
    try {
      for await (const task of this.watch.follow(exchange, taskId)) {
        if (task['status'] === 'input_required') await this.answer(exchange, task, caller, stream);
        if (task['status'] === 'completed') return task['result'] as JsonObject;
        if (task['status'] === 'failed') throw errorOf(task['error'] as JsonRpcErrorBody);
      }
      throw new ProtocolError(errorCodes.internalError, 'The task was cancelled');
    } finally {
      clearInterval(beats);
    }
  }

  private async answer(
    exchange: Exchange,
    task: JsonObject,
    caller: LegacyCaller,
    stream: LegacyStream,
  ): Promise<void> {
    const inputResponses = await this.input.ask(task, caller, stream, String(task['taskId']));
    const { params } = exchange;
    await answerOf(this.provider, { ...exchange, method: 'tasks/update', params: { ...params, inputResponses } });
  }
}

/** Progress that says no more than that there is some, for who asked to hear of it. */
function beatOf({ params, notify }: Exchange): () => void {
  const { progressToken } = (params['_meta'] ?? {}) as JsonObject;
  let progress = 0;
  return () => {
    if (progressToken === undefined) return;
    progress += 1;
    notify({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress } });
  };
}

function errorOf({ code, message, data }: JsonRpcErrorBody): ProtocolError {
  return new ProtocolError(code, message, data);
}
