import { Injectable } from '@nestjs/common';
import { ExecutionApi, StartExecutionRequest, Text, Whole } from '@scm/contracts';
import { currentCall, MessagingClient } from '@scm/messaging';
import { endOf } from '../workflows/execution-end.js';
import type { Tool } from './tool.js';

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
    if (!waitSeconds) return started;
    const untilMs = Date.now() + waitSeconds * 1_000;
    return endOf(this.messaging, started.executionId, { untilMs, signal: currentCall()?.signal });
  }
}
