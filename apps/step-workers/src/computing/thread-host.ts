import { Worker } from 'node:worker_threads';
import { ServiceError } from '@scm/contracts';
import type { Job } from './computation.js';
import { limitFault, type Allowance } from './step-limits.js';
import type { Said } from './thread.js';

const YOUNG_GENERATION_MIB = 8;
const STACK_MIB = 4;
const LOOKS_PER_LIMIT = 10;

/** A thread that computes one job at a time. After a job that failed by more than its own fault it is gone. */
export class ThreadHost {
  isGone = false;
  private readonly worker: Worker;

  constructor(readonly memoryMib: number) {
    this.worker = new Worker(new URL('./thread.js', import.meta.url), {
      // Nothing of this process is its business: no telemetry, no secrets.
      execArgv: [],
      env: {},
      resourceLimits: {
        maxOldGenerationSizeMb: memoryMib,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB,
        stackSizeMb: STACK_MIB,
      },
    });
    this.worker.on('error', () => (this.isGone = true)).on('exit', () => (this.isGone = true));
    this.worker.unref();
  }

  /** The output. Throws ServiceError or CallFault that say what is wrong, and the reason of `signal` when that aborts. */
  async run(job: Job, { cpuMs }: Pick<Allowance, 'cpuMs'>, signal: AbortSignal): Promise<unknown> {
    const { worker } = this;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    let begun: NodeJS.CpuUsage | undefined;
    const onMessage = (said: Said) => {
      if ('begun' in said) begun = said.begun;
      else settle(said, resolve, reject);
    };
    const onError = (error: Error) => reject(this.failureOf(error));
    const onExit = () => reject(new ServiceError('UNAVAILABLE', 'the thread has ended'));
    const onAbort = () => reject(signal.reason as Error);
    const look = async () => {
      if (!begun || this.isGone) return;
      const { user, system } = await worker.cpuUsage(begun);
      const usedMs = Math.round((user + system) / 1_000);
      if (usedMs > cpuMs) reject(limitFault('cpuMs', `the step used ${usedMs} ms of CPU time of ${cpuMs}`));
    };
    const looking = setInterval(() => void look().catch(() => undefined), Math.max(5, cpuMs / LOOKS_PER_LIMIT));
    worker.on('message', onMessage).once('error', onError).once('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      worker.postMessage(job);
      return await promise;
    } catch (error) {
      // Whatever it still does is not wanted; only a job's own fault leaves it fit for another one.
      if (!(error instanceof ServiceError && error.code === 'INVALID_ARGUMENT')) await this.end();
      throw error;
    } finally {
      clearInterval(looking);
      signal.removeEventListener('abort', onAbort);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    }
  }

  async end(): Promise<void> {
    this.isGone = true;
    await this.worker.terminate();
  }

  private failureOf(error: Error): Error {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
    return limitFault('memoryMib', `the step needs more than ${this.memoryMib} MiB`);
  }
}

function settle(
  said: Exclude<Said, { begun: unknown }>,
  resolve: (output: unknown) => void,
  reject: (e: unknown) => void,
) {
  if ('output' in said) return resolve(JSON.parse(said.output) as unknown);
  if ('tooLarge' in said) return reject(limitFault('payloadBytes', said.tooLarge));
  if ('bug' in said) return reject(said.bug);
  const { code, message, details } = said.failed;
  reject(new ServiceError(code, message, details));
}
