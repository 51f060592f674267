import { PromqlLimitError } from '../syntax/promql-error.js';

const CHECK_EVERY = 64;

/** What an evaluation may still take. */
export class Budget {
  private used = 0;
  private checks = 0;

  constructor(
    private readonly maxSamples: number,
    private readonly deadlineAt: number,
  ) {}

  /** Takes samples that are read or made. */
  spend(samples: number): void {
    this.used += samples;
    if (this.used > this.maxSamples) {
      throw new PromqlLimitError(
        'samples',
        'query processing would load too many samples into memory in query execution',
      );
    }
    this.check();
  }

  /** Looks at the clock now and then; to be called in every loop that may be long. */
  check(): void {
    if (this.checks++ % CHECK_EVERY !== 0) return;
    if (performance.now() > this.deadlineAt) {
      throw new PromqlLimitError('time', 'query timed out in expression evaluation');
    }
  }
}
