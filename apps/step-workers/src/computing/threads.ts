import { availableParallelism } from 'node:os';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { StepTask } from '@scm/contracts';
import { WorkerConfig } from '../worker.config.js';
import { compute, type Computation, type Job } from './computation.js';
import { ThreadHost } from './thread-host.js';

/** Arguments of fewer characters cannot be made into more than about their square: that is done here, at once. */
const SMALL = 4_096;
const IDLE_MS = 30_000;
/** Each may have its heap: more of them would need more memory than a worker should. */
const MAX_THREADS = 4;

/** Computes what can be heavy on threads of its own, within limits, so that nothing here waits for it. */
@Injectable()
export class Threads implements OnApplicationShutdown {
  private readonly idle = new Set<ThreadHost>();
  private readonly waiting: (() => void)[] = [];
  private free = Math.min(availableParallelism(), MAX_THREADS);

  constructor(private readonly config: WorkerConfig) {}

  /** The output. Throws ServiceError for arguments, CallFault for what exceeded a limit. */
  async run<Name extends Computation>(
    name: Name,
    args: Job<Name>['args'],
    { limits = {} }: StepTask,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { cpuMs = this.config.stepCpuMs, memoryMib = this.config.stepMemoryMib } = limits;
    const isLimited = limits.cpuMs !== undefined || limits.memoryMib !== undefined;
    if (!isLimited && JSON.stringify(args).length <= SMALL) return compute({ name, args });
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    const thread = this.take(Math.min(memoryMib, this.config.stepMemoryMib));
    try {
      return await thread.run({ name, args }, { cpuMs: Math.min(cpuMs, this.config.stepCpuMs) }, signal);
    } finally {
      this.giveBack(thread);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.idle].map((thread) => thread.end()));
  }

  private take(memoryMib: number): ThreadHost {
    for (const thread of this.idle) {
      if (thread.memoryMib !== memoryMib) continue;
      this.idle.delete(thread);
      if (!thread.isGone) return thread;
    }
    return new ThreadHost(memoryMib);
  }

  private giveBack(thread: ThreadHost): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
    if (thread.isGone) return;
    this.idle.add(thread);
    setTimeout(() => {
      if (this.idle.delete(thread)) void thread.end();
    }, IDLE_MS).unref();
  }
}
