import { Controller } from '@nestjs/common';
import { decodeValue, JsonList, JsonValue, StepTasks, type StepTask } from '@scm/contracts';
import { Task, type DeliveryInfo } from '@scm/messaging';
import { Threads } from '../computing/threads.js';
import { StepRunner } from './step.runner.js';

/** `with` of a decision step: `rules` in order, and what is decided when none applies. */
class DecisionArguments {
  @JsonList({ max: 256 }) rules: unknown[];
  @JsonValue({ optional: true }) otherwise?: unknown;
}

@Controller()
export class DecisionStep {
  constructor(
    private readonly runner: StepRunner,
    private readonly threads: Threads,
  ) {}

  @Task(StepTasks.decision)
  run(task: StepTask, info: DeliveryInfo): Promise<void> {
    return this.runner.run(task, info, (step, signal) => this.decide(step, signal));
  }

  private async decide(task: StepTask, signal: AbortSignal): Promise<unknown> {
    const { rules, otherwise = null } = decodeValue(DecisionArguments, task.with);
    return this.threads.run('decide', { rules, otherwise }, task, signal);
  }
}
