import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ExecutionApi, StartExecutionRequest, Text, Whole, type Execution } from '@scm/contracts';
import { currentCall, MessagingClient } from '@scm/messaging';
import type { Tool } from './tool.js';

const LOOK_MS = 100;
const ENDED = ['completed', 'faulted', 'cancelled'];

class RunWorkflowInput extends StartExecutionRequest {
  @Whole({
    max: 20,
    optional: true,
    description: 'Seconds to wait for the end; without it the answer comes at the start',
  })
  waitSeconds?: number;

  @Text({
    max: 128,
    optional: true,
    pattern: /^[\x21-\x7e]+$/,
    description: 'The same key is the same execution for a day',
  })
  idempotencyKey?: string;
}

@Injectable()
export class RunWorkflowTool implements Tool<RunWorkflowInput> {
  readonly name = 'run_workflow';
  readonly title = 'Run a workflow';
  readonly description =
    'Starts a durable workflow and, if asked, waits for its end. Give an idempotency key when you may have to repeat the call.';
  readonly input = RunWorkflowInput;
  readonly access = 'executions:write';
  readonly annotations = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };

  constructor(private readonly messaging: MessagingClient) {}

  async run({ waitSeconds, idempotencyKey, ...request }: RunWorkflowInput): Promise<object> {
    const started = await this.messaging.request(ExecutionApi.start, request, { idempotencyKey });
    return waitSeconds ? this.end(started.executionId, Date.now() + waitSeconds * 1_000) : started;
  }

  /** The execution as it is when it ends or the time is over. */
  private async end(id: string, until: number): Promise<Execution> {
    const signal = currentCall()?.signal;
    for (;;) {
      const execution = await this.messaging.request(ExecutionApi.get, { id });
      if (ENDED.includes(execution.status) || Date.now() + LOOK_MS > until) return execution;
      await sleep(LOOK_MS, undefined, { signal });
    }
  }
}
