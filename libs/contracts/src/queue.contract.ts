import { rpc } from './define.js';
import { Amount, ListOf, OneOf, Texts, Whole } from './fields.js';
import { Nothing } from './page.js';
import { capabilities, type Capability } from './workflow.contract.js';

export class QueueDepth {
  @OneOf(capabilities) capability: Capability;
  /** Wait for a worker, in the queue or with NATS; also those that are to be attempted again. */
  @Whole() queued: number;
  /** Wait for a limit or a paused execution: more workers would not help. */
  @Whole() heldBack: number;
  @Whole() inFlight: number;
  @Amount({ min: 0 }) oldestAgeSeconds: number;
}

export class QueueDepths {
  @ListOf(() => QueueDepth) queues: QueueDepth[];
}

export class QueueRequest {
  @Texts({ max: 5, of: capabilities, optional: true }) capabilities?: Capability[];
}

/** How many steps of a capability a worker does at once. */
export class WorkerSlots {
  @OneOf(capabilities) capability: Capability;
  @Whole({ min: 1 }) slots: number;
}

export class WorkerCapacity {
  @ListOf(() => WorkerSlots) lanes: WorkerSlots[];
}

export const QueueApi = {
  list: rpc('step.v1.list-queues', QueueRequest, QueueDepths, {
    service: 'workflow-orchestrator',
    access: 'system:read',
    changes: false,
  }),
};

/** Every replica of the workers answers. */
export const WorkerApi = {
  capacity: rpc('worker.v1.report-capacity', Nothing, WorkerCapacity, {
    service: 'step-workers',
    access: 'internal',
    changes: false,
    answer: 'all',
    timeoutMs: 1_000,
  }),
};
