import { Controller } from '@nestjs/common';
import { decodeValue, JsonList, JsonValue, StepTasks, type StepTask } from '@scm/contracts';
import { Task, type DeliveryInfo } from '@scm/messaging';
import { Threads } from '../computing/threads.js';
import { StepRunner } from './step.runner.js';

/** `with` of a processing step. Without `source` its input is processed. */
class ProcessingArguments {
  @JsonValue({ optional: true }) source?: unknown;
  @JsonList({ max: 64 }) operations: unknown[];
}

@Controller()
export class ProcessingStep {
  constructor(
    private readonly runner: StepRunner,
    private readonly threads: Threads,
  ) {}

  @Task(StepTasks.processing)
  run(task: StepTask, info: DeliveryInfo): Promise<void> {
    return this.runner.run(task, info, (step, signal) => this.process(step, signal));
  }

  private async process(task: StepTask, signal: AbortSignal): Promise<unknown> {
    const { source = task.input, operations } = decodeValue(ProcessingArguments, task.with);
    return this.threads.run('transform', { source, operations }, task, signal);
  }
}
