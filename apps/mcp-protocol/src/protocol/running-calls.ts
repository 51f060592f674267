import { Injectable } from '@nestjs/common';
import { SessionBus } from '../sessions/session.bus.js';

/** One request while it is answered. */
export class RunningCall {
  private readonly cancelled = new AbortController();
  private readonly others: readonly AbortSignal[];
  private either?: AbortSignal;

  constructor(
    others: readonly AbortSignal[],
    readonly close: () => void,
  ) {
    this.others = others;
  }

  /** Aborts when the client cancels the request, or nobody waits for its answer. */
  get signal(): AbortSignal {
    return (this.either ??= AbortSignal.any([...this.others, this.cancelled.signal]));
  }

  /** Its client does not expect an answer any more. */
  get isCancelled(): boolean {
    return this.cancelled.signal.aborted;
  }

  cancel(): void {
    this.cancelled.abort();
  }
}

/** The requests at work in this replica, by who sent them: a session or a socket, which says so in a later message. */
@Injectable()
export class RunningCalls {
  private readonly calls = new Map<string, RunningCall>();

  constructor(private readonly bus: SessionBus) {
    bus.on('cancelled', (sender, message) => this.calls.get(keyOf(sender, message['requestId']))?.cancel());
  }

  open(sender: string | undefined, id: string | number, others: readonly AbortSignal[]): RunningCall {
    if (sender === undefined) return new RunningCall(others, () => {});
    const key = keyOf(sender, id);
    const call = new RunningCall(others, () => this.calls.delete(key));
    this.calls.set(key, call);
    return call;
  }

  /** Whichever replica has the call ends it. */
  async cancel(sender: string, requestId: unknown): Promise<void> {
    await this.bus.tell(sender, 'cancelled', { requestId });
  }
}

// "1" and 1 are two requests.
function keyOf(sender: string, id: unknown): string {
  return `${sender} ${JSON.stringify(id)}`;
}
