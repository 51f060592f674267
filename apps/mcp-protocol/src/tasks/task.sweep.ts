import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { TaskExecutions } from './task-executions.js';
import { TasksRepository } from './tasks.repository.js';

const EVERY_MS = 60_000;

/** Forgets tasks whose time is over; what still works on one is not wanted any more. */
@Injectable()
export class TaskSweep implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(TaskSweep.name);
  private sweeps?: NodeJS.Timeout;

  constructor(
    private readonly rows: TasksRepository,
    private readonly executions: TaskExecutions,
  ) {}

  onModuleInit(): void {
    this.sweeps = setInterval(() => void this.sweep(), EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeps);
  }

  private async sweep(): Promise<void> {
    try {
      for (const task of await this.rows.sweep()) await this.executions.cancel(task);
    } catch (error) {
      this.logger.warn(`old tasks stay: ${String(error)}`);
    }
  }
}
