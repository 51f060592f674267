import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { nextTime } from '../machine/machine.js';
import { Aftermath } from './aftermath.js';
import type { ExecutionRow } from './execution.entities.js';
import { checkAtOf } from './move.js';
import { SweepLoop } from './sweep.loop.js';
import { TransitionRepository } from './transition.repository.js';
import { TransitionService } from './transition.service.js';

const BATCH = 200;

/**
 * Looks after executions whose time has come: retries that are due, steps that took too long, and tasks that were lost.
 * Every replica sweeps; a row is taken by one of them.
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Sweeper.name);
  private readonly loop = new SweepLoop(() => this.sweep(), this.logger);

  constructor(
    private readonly repository: TransitionRepository,
    private readonly transitions: TransitionService,
    private readonly aftermath: Aftermath,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async sweep(): Promise<boolean> {
    const now = new Date();
    const due = await this.repository.takeDue(now, this.transitions.recheckMs, BATCH);
    await Promise.all(due.map((execution) => this.attend(execution, now)));
    await this.postpone(due, now);
    return due.length === BATCH;
  }

  /** Those that were looked at too early are left alone until their time comes, also when that is never. */
  private async postpone(checked: readonly ExecutionRow[], now: Date): Promise<void> {
    const { recheckMs } = this.transitions;
    const idle = checked.flatMap(({ id, revision, state, checkAt }) => {
      const next = checkAtOf(state, now, recheckMs);
      return next && checkAt && next <= checkAt ? [] : [{ id, revision, checkAt: next }];
    });
    if (idle.length > 0) await this.repository.postpone(idle);
  }

  private async attend(execution: ExecutionRow, now: Date): Promise<void> {
    const next = nextTime(execution.state);
    if (next && next <= now) await this.aftermath.apply(execution.id, { kind: 'tick' });
    else await this.aftermath.ensure(execution);
  }
}
