import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';

const EVERY_MS = 500;
const MAX_BACKOFF_MS = 10_000;

/** Does the same again and again until it is stopped: at once when there is more to do, later each time it fails. */
export class SweepLoop {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  /** `sweep` says whether there may be more to do at once. */
  constructor(
    private readonly sweep: () => Promise<boolean>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Resolves when the sweep under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      let pauseMs = EVERY_MS;
      try {
        if (await this.sweep()) pauseMs = 0;
        failures = 0;
      } catch (error) {
        pauseMs = Math.min(EVERY_MS * 2 ** failures++, MAX_BACKOFF_MS);
        this.logger.warn(`the sweep waits: ${error instanceof Error ? error.message : String(error)}`);
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
