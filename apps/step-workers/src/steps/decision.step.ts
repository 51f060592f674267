import { Controller } from '@nestjs/common';
import { decodeValue, JsonList, JsonValue, StepTasks, type StepTask } from '@scm/contracts';
import { Task, type DeliveryInfo } from '@scm/messaging';
import { decide } from './rules.js';
import { StepRunner } from './step.runner.js';

/** `with` of a decision step: `rules` in order, and what is decided when none applies. */
class DecisionArguments {
  @JsonList({ max: 256 }) rules: unknown[];
  @JsonValue({ optional: true }) otherwise?: unknown;
}

@Controller()
export class DecisionStep {
  constructor(private readonly runner: StepRunner) {}

  @Task(StepTasks.decision)
  run(task: StepTask, info: DeliveryInfo): Promise<void> {
    return this.runner.run(task, info, decided);
  }
}

async function decided(task: StepTask): Promise<object> {
  const { rules, otherwise = null } = decodeValue(DecisionArguments, task.with);
  return decide(rules, otherwise);
}
