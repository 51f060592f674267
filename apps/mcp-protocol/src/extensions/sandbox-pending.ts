import type { QuickJSContext, QuickJSDeferredPromise, QuickJSHandle, Scope } from 'quickjs-emscripten-core';
import { faultOf, SandboxFault } from './sandbox-fault.js';

const JOBS_AT_ONCE = 1_000;

/** What the code of one run waits for: its host, until the run ends. */
export class Pending {
  private readonly result = Promise.withResolvers<string>();
  private open = 0;
  private promise?: QuickJSHandle;

  constructor(
    private readonly context: QuickJSContext,
    private readonly scope: Scope,
    private readonly endsAt: number,
  ) {}

  /** The promise that the code gets for an answer of the host. */
  begin(answer: Promise<string>): QuickJSHandle {
    const deferred = this.scope.manage(this.context.newPromise());
    this.open += 1;
    answer.then(
      (text) => this.settle(() => this.answer(deferred, text)),
      (error: Error) => this.settle(() => this.refuse(deferred, error)),
    );
    return deferred.handle;
  }

  /** The text that the promise gives. Throws SandboxFault. */
  async settled(promise: QuickJSHandle): Promise<string> {
    this.promise = promise;
    const timer = setTimeout(() => this.result.reject(tooLate()), Math.max(0, this.endsAt - Date.now()));
    try {
      this.advance();
      return await this.result.promise;
    } finally {
      clearTimeout(timer);
      this.promise = undefined;
    }
  }

  private get isLate(): boolean {
    return Date.now() > this.endsAt;
  }

  private settle(work: () => void): void {
    this.open -= 1;
    // The run has ended, and with it all that it holds.
    if (!this.promise) return;
    work();
    this.advance();
  }

  private answer(deferred: QuickJSDeferredPromise, text: string): void {
    this.context.newString(text).consume((handle) => deferred.resolve(handle));
  }

  private refuse(deferred: QuickJSDeferredPromise, { message }: Error): void {
    this.context.newError(message).consume((handle) => deferred.reject(handle));
  }

  private advance(): void {
    try {
      this.runJobs();
      this.look();
    } catch (error) {
      // An interruption leaves what it interrupted in any state.
      this.result.reject(this.isLate ? tooLate() : (error as Error));
    }
  }

  private runJobs(): void {
    const { runtime } = this.context;
    while (runtime.hasPendingJob()) {
      if (this.isLate) throw tooLate();
      const done = runtime.executePendingJobs(JOBS_AT_ONCE);
      if (done.error) throw faultOf(done.error.consume((handle) => this.context.dump(handle)));
    }
  }

  private look(): void {
    if (!this.promise) return;
    const state = this.context.getPromiseState(this.promise);
    if (state.type === 'fulfilled')
      this.result.resolve(state.value.consume((handle) => this.context.getString(handle)));
    else if (state.type === 'rejected') throw faultOf(state.error.consume((handle) => this.context.dump(handle)));
    else if (this.isLate) throw tooLate();
    else if (this.open === 0) throw new SandboxFault('unanswered', 'it waits for what never comes');
  }
}

function tooLate(): SandboxFault {
  return new SandboxFault('time', 'it took too long');
}
