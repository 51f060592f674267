import { Injectable } from '@nestjs/common';
import { ById, ExecutionApi } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import type { Tool } from './tool.js';

@Injectable()
export class GetExecutionTool implements Tool<ById> {
  readonly name = 'get_execution';
  readonly title = 'Get an execution';
  readonly description =
    'Shows one execution of a workflow: its status, each step with its output or error, and the result.';
  readonly input = ById;
  readonly access = 'executions:read';
  readonly annotations = { readOnlyHint: true };

  constructor(private readonly messaging: MessagingClient) {}

  async run(input: ById): Promise<object> {
    return this.messaging.request(ExecutionApi.get, input);
  }
}
