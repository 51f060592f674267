import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CapturesRepository } from './captures.repository.js';

const KEPT_HOURS = 24;
const SWEEP_MS = 600_000;

/** Forgets captures after a day. */
@Injectable()
export class CaptureSweep implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(CaptureSweep.name);
  private sweeps?: NodeJS.Timeout;

  constructor(private readonly captures: CapturesRepository) {}

  onModuleInit(): void {
    this.sweeps = setInterval(() => void this.sweep(), SWEEP_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeps);
  }

  private async sweep(): Promise<void> {
    await this.captures
      .sweep(KEPT_HOURS)
      .catch((error: unknown) => this.logger.warn(`old captures stay: ${String(error)}`));
  }
}
