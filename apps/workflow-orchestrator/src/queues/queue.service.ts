import { Inject, Injectable } from '@nestjs/common';
import {
  capabilities,
  StepTasks,
  type Capability,
  type QueueDepth,
  type QueueDepths,
  type QueueRequest,
} from '@scm/contracts';
import { TaskQueue } from '@scm/messaging';
import { NATS, type Nats } from '@scm/service';
import { QueueDepthRepository } from './queue-depth.repository.js';

/** How much work waits for workers: what an autoscaler reads. */
@Injectable()
export class QueueService {
  private readonly tasks: TaskQueue;

  constructor(
    private readonly queues: QueueDepthRepository,
    @Inject(NATS) nc: Nats,
  ) {
    this.tasks = new TaskQueue(nc);
  }

  async depths({ capabilities: wanted = [...capabilities] }: QueueRequest): Promise<QueueDepths> {
    return { queues: await Promise.all([...new Set(wanted)].map((capability) => this.depthOf(capability))) };
  }

  /**
   * Postgres knows the open steps, also those whose task is lost or waits for a retry; JetStream knows which are taken, the
   * queue which a limit or a pause holds back.
   */
  private async depthOf(capability: Capability): Promise<QueueDepth> {
    const { inFlight: taken } = await this.tasks.load(StepTasks[capability]);
    const { count, held, openedAt } = await this.queues.openSteps(capability, taken);
    const inFlight = Math.min(taken, count);
    const heldBack = Math.min(held, count - inFlight);
    const oldestAgeSeconds = openedAt ? Math.max(0, Date.now() - openedAt.getTime()) / 1_000 : 0;
    return { capability, queued: count - inFlight - heldBack, heldBack, inFlight, oldestAgeSeconds };
  }
}
