import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Periodic } from '../lease/periodic.js';
import { DeltaStateRepository } from './delta-state.repository.js';

const INTERVAL_MS = 600_000;

/** Forgets the sums of streams that ended. */
@Injectable()
export class DeltaStateSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly periodic = new Periodic(DeltaStateSweep.name, INTERVAL_MS, async () => {
    await this.states.deleteOld();
  });

  constructor(private readonly states: DeltaStateRepository) {}

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.periodic.stop();
  }
}
