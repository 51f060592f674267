import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { nextTime } from '../machine/machine.js';
import { Aftermath } from './aftermath.js';
import type { ExecutionRow } from './execution.entities.js';
import { TransitionRepository } from './transition.repository.js';
import { TransitionService } from './transition.service.js';

const EVERY_MS = 500;
const BATCH = 200;
const MAX_BACKOFF_MS = 10_000;

/**
 * Looks after executions whose time has come: retries that are due, steps that took too long, and tasks that were lost.
 * Every replica sweeps; a row is taken by one of them.
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Sweeper.name);
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: TransitionRepository,
    private readonly transitions: TransitionService,
    private readonly aftermath: Aftermath,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      let pauseMs = EVERY_MS;
      try {
        if ((await this.sweep()) === BATCH) pauseMs = 0;
        failures = 0;
      } catch (error) {
        pauseMs = Math.min(EVERY_MS * 2 ** failures++, MAX_BACKOFF_MS);
        this.logger.warn(`the sweep waits: ${error instanceof Error ? error.message : String(error)}`);
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async sweep(): Promise<number> {
    const now = new Date();
    const due = await this.repository.takeDue(now, this.transitions.recheckMs, BATCH);
    await Promise.all(due.map((execution) => this.attend(execution, now)));
    return due.length;
  }

  private async attend(execution: ExecutionRow, now: Date): Promise<void> {
    const next = nextTime(execution.state);
    if (next && next <= now) await this.aftermath.apply(execution.id, { kind: 'tick' });
    else await this.aftermath.ensure(execution);
  }
}
