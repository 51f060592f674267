import type { FrameStore } from './frame.store.js';
import type { LegacyStream } from './legacy-caller.js';
import type { Session } from './session.js';

/** The stream that every answer of a session over HTTP+SSE goes to. */
export const SSE_STREAM = 'sse';

/** A call over HTTP+SSE: the request is only accepted, its answer goes on the session's one stream, wherever that ends. */
export class MailboxStream implements LegacyStream {
  readonly canSend = true;
  private tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly session: Session,
    private readonly frames: FrameStore,
    readonly signal: AbortSignal,
  ) {}

  send(message: object): void {
    this.tail = this.tail.then(async () => {
      await this.frames.keep(this.session.id, SSE_STREAM, { message: message as Record<string, unknown> });
    });
  }

  async end(messages: readonly object[], isBatch: boolean): Promise<undefined> {
    for (const message of isBatch ? [messages] : messages) this.send(message);
    await this.tail;
  }
}
