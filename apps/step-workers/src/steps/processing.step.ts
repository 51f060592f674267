import { Controller } from '@nestjs/common';
import { decodeValue, JsonList, JsonValue, StepTasks, type StepTask } from '@scm/contracts';
import { Task, type DeliveryInfo } from '@scm/messaging';
import { StepRunner } from './step.runner.js';
import { transform } from './transform.js';

/** `with` of a processing step. Without `source` its input is processed. */
class ProcessingArguments {
  @JsonValue({ optional: true }) source?: unknown;
  @JsonList({ max: 64 }) operations: unknown[];
}

@Controller()
export class ProcessingStep {
  constructor(private readonly runner: StepRunner) {}

  @Task(StepTasks.processing)
  run(task: StepTask, info: DeliveryInfo): Promise<void> {
    return this.runner.run(task, info, processed);
  }
}

async function processed(task: StepTask): Promise<unknown> {
  const { source = task.input, operations } = decodeValue(ProcessingArguments, task.with);
  return transform(source, operations);
}
