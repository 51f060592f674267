import { Injectable } from '@nestjs/common';
import { SessionBus } from '../sessions/session.bus.js';

/** One request while it is answered. */
export interface RunningCall {
  /** Aborts when the client cancels the request, or nobody waits for its answer. */
  readonly signal: AbortSignal;
  /** Its client does not expect an answer any more. */
  readonly isCancelled: boolean;
  close(): void;
}

/** The requests at work in this replica, by who sent them: a session or a socket, which says so in a later message. */
@Injectable()
export class RunningCalls {
  private readonly calls = new Map<string, CancellableCall>();

  constructor(private readonly bus: SessionBus) {
    bus.on('cancelled', (sender, message) => this.calls.get(keyOf(sender, message['requestId']))?.cancel());
  }

  /** `end` aborts when nobody waits for the answer; without a sender nothing else ends the call. */
  open(sender: string | undefined, id: string | number, end: AbortSignal): RunningCall {
    if (sender === undefined) return { signal: end, isCancelled: false, close: () => {} };
    const key = keyOf(sender, id);
    const call = new CancellableCall(end, () => {
      // A client may have used the id again.
      if (this.calls.get(key) === call) this.calls.delete(key);
    });
    this.calls.set(key, call);
    return call;
  }

  /** Whichever replica has the call ends it. */
  async cancel(sender: string, requestId: unknown): Promise<void> {
    await this.bus.tell(sender, 'cancelled', { requestId });
  }
}

class CancellableCall implements RunningCall {
  isCancelled = false;
  private readonly ending = new AbortController();
  private readonly abort = () => this.ending.abort();

  constructor(
    private readonly end: AbortSignal,
    private readonly forget: () => void,
  ) {
    if (end.aborted) this.abort();
    else end.addEventListener('abort', this.abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  cancel(): void {
    this.isCancelled = true;
    this.abort();
  }

  close(): void {
    this.end.removeEventListener('abort', this.abort);
    this.forget();
  }
}

// "1" and 1 are two requests.
function keyOf(sender: string, id: unknown): string {
  return `${sender} ${JSON.stringify(id)}`;
}
