import { Controller } from '@nestjs/common';
import { WorkerApi, type WorkerCapacity } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { WorkerConfig } from './worker.config.js';

/** So much of the queues is kept ready for this worker. */
@Controller()
export class CapacityHandler {
  constructor(private readonly config: WorkerConfig) {}

  @Rpc(WorkerApi.capacity)
  async report(): Promise<WorkerCapacity> {
    const { capabilities, concurrency: slots } = this.config;
    return { lanes: capabilities.map((capability) => ({ capability, slots })) };
  }
}
