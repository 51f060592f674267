import type { Actor } from '@scm/contracts';
import type { Call } from './call.js';
import { textOf } from './json-text.js';
import type { FrameSender } from './stream.frames.js';

/** How a handler of a streamed contract answers when its answer goes on; otherwise it returns the head. */
export interface StreamedAnswer<Head extends object = object> {
  /** Aborts when the caller is gone, or the service stops without waiting any longer. */
  readonly signal: AbortSignal;
  /** Aborts when the service stops without waiting any longer, whether or not the caller is there. */
  readonly stopping: AbortSignal;
  /** Aborts earlier, when the service is about to stop: what the caller can go on with elsewhere ends now. */
  readonly draining: AbortSignal;
  begin(head: Head): void;
  /** `mark` names the place in the stream, for whoever goes on after it elsewhere. */
  send(text: string, mark?: string): void;
  /** Ends the answer although the handler goes on, with `head` when none was sent; what it sends from now on goes nowhere. */
  close(head?: Head): void;
}

/** One answer while it goes on, and the call it belongs to: its proof is renewed for as long as it lasts. */
export class RunningStream implements StreamedAnswer, Call {
  readonly startedAt = Date.now();
  readonly draining: AbortSignal;
  readonly stopping: AbortSignal;
  actor?: Actor;
  token?: string;
  private readonly ending = new AbortController();
  private state: 'new' | 'begun' | 'closed' = 'new';
  private again: (token: string | undefined) => Promise<Actor | undefined> = async () => undefined;

  constructor(
    private readonly frames: FrameSender,
    private readonly respond: (text: string) => void,
    { draining, signal }: { draining: AbortSignal; signal: AbortSignal },
  ) {
    this.draining = draining;
    this.stopping = signal;
  }

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  prove(actor: Actor | undefined, token: string | undefined, again: RunningStream['again']): void {
    this.actor = actor;
    this.token = token;
    this.again = again;
  }

  async renew(token: string | undefined): Promise<void> {
    await this.again(token);
    this.token = token;
  }

  begin(head: object): void {
    if (this.state !== 'new') return;
    this.state = 'begun';
    this.frames.send('head', JSON.stringify(head));
  }

  send(text: string, mark?: string): void {
    if (this.state === 'begun' && !this.ending.signal.aborted) this.frames.send('text', text, mark);
  }

  close(head?: object): void {
    if (this.state === 'new') this.respond(textOf(head));
    if (this.state === 'begun') this.frames.send('end');
    this.state = 'closed';
  }

  abort(): void {
    this.ending.abort();
  }
}
