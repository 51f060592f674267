import { Controller } from '@nestjs/common';
import {
  decodeValue,
  invalidField,
  JsonList,
  MetricsApi,
  StepTasks,
  Text,
  Whole,
  type Actor,
  type StepTask,
} from '@scm/contracts';
import { MessagingClient, Task, type DeliveryInfo } from '@scm/messaging';
import { Threads } from '../computing/threads.js';
import { seriesOf, type Series } from './series.js';
import { StepRunner } from './step.runner.js';

/** `with` of an analysis step: `values`, or a PromQL `query`, at once or over the last `rangeSeconds`. */
class AnalysisArguments {
  @JsonList({ max: 100_000, optional: true }) values?: unknown[];
  @Text({ max: 8_192, optional: true }) query?: string;
  @Whole({ min: 1, max: 31 * 86_400, optional: true }) rangeSeconds?: number;
  @Whole({ min: 1, max: 86_400, optional: true }) stepSeconds?: number;
  @JsonList({ max: 16, optional: true }) percentiles?: unknown[];
}

const POINTS_PER_RANGE = 60;

@Controller()
export class AnalysisStep {
  constructor(
    private readonly runner: StepRunner,
    private readonly messaging: MessagingClient,
    private readonly threads: Threads,
  ) {}

  @Task(StepTasks.analysis)
  run(task: StepTask, info: DeliveryInfo): Promise<void> {
    return this.runner.run(task, info, (step, signal, actor) => this.analyse(step, signal, actor));
  }

  private async analyse(task: StepTask, signal: AbortSignal, actor: Actor): Promise<unknown> {
    const args = decodeValue(AnalysisArguments, task.with);
    const percentiles = percentilesOf(args.percentiles ?? [50, 90, 95, 99]);
    if ((args.values === undefined) === (args.query === undefined)) {
      throw invalidField('values', 'give either values or a query');
    }
    const { values } = args;
    if (values) return this.threads.run('statistics', { values, percentiles }, task, signal);
    return this.threads.run('summary', { series: await this.ask(args, actor), percentiles }, task, signal);
  }

  private async ask({ query = '', rangeSeconds, stepSeconds }: AnalysisArguments, actor: Actor): Promise<Series[]> {
    const options = { as: actor };
    if (rangeSeconds === undefined) {
      const { data } = await this.messaging.request(MetricsApi.query, { query }, options);
      return seriesOf(data);
    }
    const end = Date.now() / 1_000;
    const step = stepSeconds ?? Math.max(1, Math.ceil(rangeSeconds / POINTS_PER_RANGE));
    const range = { query, start: (end - rangeSeconds).toFixed(3), end: end.toFixed(3), step: String(step) };
    const { data } = await this.messaging.request(MetricsApi.queryRange, range, options);
    return seriesOf(data);
  }
}

function percentilesOf(wanted: readonly unknown[]): number[] {
  return wanted.map((p, i) => {
    if (typeof p !== 'number' || !(p >= 0 && p <= 100)) throw invalidField(`percentiles.${i}`, 'must be from 0 to 100');
    return p;
  });
}
