import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

const MAX_BACKOFF_MS = 10_000;

/** Repeats work at whole multiples of an interval, never two runs at once; failures are logged and retried ever more slowly. */
export class Periodic {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private loop?: Promise<void>;

  constructor(
    name: string,
    private readonly intervalMs: number,
    private readonly work: (nowMs: number) => Promise<void>,
  ) {
    this.logger = new Logger(name);
  }

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.work(Date.now());
        failures = 0;
      } catch (error) {
        failures++;
        this.logger.warn(error instanceof Error ? error.message : String(error));
      }
      const backoffMs = failures > 1 ? Math.min(this.intervalMs * 2 ** (failures - 1), MAX_BACKOFF_MS) : 0;
      const waitMs = Math.max(backoffMs, this.intervalMs - (Date.now() % this.intervalMs));
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
