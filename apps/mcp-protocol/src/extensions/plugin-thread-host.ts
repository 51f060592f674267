import { Worker } from 'node:worker_threads';
import type { FromPlugin, PluginThreadData, ToPlugin } from './plugin.thread.js';
import type { Host } from './sandbox.js';
import { SandboxFault } from './sandbox-fault.js';

// The sandbox ends a run by itself; a thread that does not say so in time has gone wrong.
const GRACE_MS = 2_000;
const MAX_RUNS = 64;
const MAX_ASKS = 64;

interface Run {
  done: PromiseWithResolvers<string>;
  host: Host;
  asks: number;
}

/** The thread of one plugin, begun when it is needed and again after it went wrong. */
export class PluginThreadHost {
  private readonly runs = new Map<number, Run>();
  private worker?: Worker;
  private lastRun = 0;

  constructor(private readonly data: PluginThreadData) {}

  /** Throws SandboxFault. */
  async run(group: string, name: string, input: string, host: Host): Promise<string> {
    if (this.runs.size >= MAX_RUNS) throw new SandboxFault('time', `it has ${MAX_RUNS} messages to do already`);
    const id = ++this.lastRun;
    const done = Promise.withResolvers<string>();
    this.runs.set(id, { done, host, asks: 0 });
    // Others of its runs may stand before this one.
    const limitMs = this.data.limits.timeMs * this.runs.size + GRACE_MS;
    const timer = setTimeout(() => void this.stop(new SandboxFault('time', 'its thread does not answer')), limitMs);
    try {
      this.tell({ run: id, group, name, input });
      return await done.promise;
    } finally {
      clearTimeout(timer);
      this.runs.delete(id);
    }
  }

  async stop(fault = new SandboxFault('time', 'the service stops')): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    for (const { done } of this.runs.values()) done.reject(fault);
    await worker?.terminate();
  }

  private tell(told: ToPlugin): void {
    this.worker ??= this.start();
    this.worker.postMessage(told);
  }

  private start(): Worker {
    const worker = new Worker(new URL('./plugin.thread.js', import.meta.url), {
      workerData: this.data,
      // Nothing of this process is its business: no telemetry, no secrets.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 },
    });
    const lose = (error?: Error) => {
      if (this.worker === worker)
        void this.stop(new SandboxFault('memory', `its thread ended: ${error?.message ?? 'it left'}`));
    };
    worker
      .on('message', (said: FromPlugin) => this.hear(said))
      .on('error', lose)
      .on('exit', () => lose());
    worker.unref();
    return worker;
  }

  private hear(said: FromPlugin): void {
    if ('ask' in said) return void this.answer(said);
    const run = this.runs.get(said.run);
    if ('output' in said) run?.done.resolve(said.output);
    else run?.done.reject(new SandboxFault(said.failed.reason, said.failed.message));
  }

  private async answer({ ask, of, name, args }: Extract<FromPlugin, { ask: number }>): Promise<void> {
    const { worker } = this;
    const run = this.runs.get(of);
    if (!run) return;
    const answered = await (
      ++run.asks > MAX_ASKS ? Promise.reject(new Error('asks too much')) : run.host(name, args)
    ).then(
      (output): ToPlugin => ({ answer: ask, output }),
      (error: Error): ToPlugin => ({ answer: ask, failed: error.message }),
    );
    // The run may have ended, and its thread with it.
    if (worker === this.worker) worker?.postMessage(answered);
  }
}
