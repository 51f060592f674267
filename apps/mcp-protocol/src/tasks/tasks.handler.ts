import { Controller } from '@nestjs/common';
import { McpTaskApi, type RunToolReply, type RunToolRequest } from '@scm/contracts';
import { Streamed, type StreamedAnswer } from '@scm/messaging';
import { TaskRunner } from './task.runner.js';

@Controller()
export class TasksHandler {
  constructor(private readonly runner: TaskRunner) {}

  @Streamed(McpTaskApi.run)
  run(request: RunToolRequest, answer: StreamedAnswer<RunToolReply>): Promise<RunToolReply> {
    return this.runner.run(request, answer);
  }
}
