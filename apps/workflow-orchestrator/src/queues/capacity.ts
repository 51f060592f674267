import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { capabilities, DEFAULT_WORKSPACE_ID, StepTasks, WorkerApi } from '@scm/contracts';
import { MessagingClient, TaskQueue } from '@scm/messaging';
import { NATS, serviceActor, type Nats } from '@scm/service';
import { Admission } from './admission.js';
import { Lanes } from './lanes.js';

const MEASURE_MS = 100;
const ASK_MS = 2_000;

/** Learns how much workers do at once and what lies ready for them; what it cannot learn stays as it was known. */
@Injectable()
export class Capacity implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Capacity.name);
  private readonly stopping = new AbortController();
  private readonly tasks: TaskQueue;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly lanes: Lanes,
    private readonly admission: Admission,
    private readonly messaging: MessagingClient,
    @Inject(NATS) nc: Nats,
  ) {
    this.tasks = new TaskQueue(nc);
  }

  onApplicationBootstrap(): void {
    this.work = Promise.all([this.every(ASK_MS, () => this.ask()), this.every(MEASURE_MS, () => this.measure())]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async ask(): Promise<void> {
    const as = serviceActor('workflow-orchestrator', DEFAULT_WORKSPACE_ID);
    const lanes = (await this.messaging.requestAll(WorkerApi.capacity, {}, { as })).flatMap((reply) => reply.lanes);
    for (const capability of capabilities) {
      const slots = lanes.filter((lane) => lane.capability === capability).reduce((sum, lane) => sum + lane.slots, 0);
      if (slots > 0) this.lanes.announced(capability, slots);
    }
    this.admission.kick();
  }

  /** Only what is in use: an idle service asks nothing. */
  private async measure(): Promise<void> {
    const active = capabilities.filter((capability) => this.lanes.isActive(capability));
    await Promise.all(
      active.map(async (capability) => {
        this.lanes.measuring(capability);
        const { ready, inFlight, delivered } = await this.tasks.load(StepTasks[capability]);
        this.lanes.measured(capability, { inStream: ready + inFlight, delivered }, performance.now());
      }),
    );
    if (active.length > 0) this.admission.kick();
  }

  private async every(pauseMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await work().catch((error: unknown) => this.logger.debug(`the capacity is unknown: ${String(error)}`));
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
