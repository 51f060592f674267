import type { McpHead } from '@scm/contracts';
import type { AnswerWriter } from '../protocol/answer.writer.js';
import type { FrameStore } from './frame.store.js';
import type { LegacyStream } from './legacy.exchange.js';
import type { Session } from './session.js';

/** The stream that every answer of a session over HTTP+SSE goes to. */
export const SSE_STREAM = 'sse';

/** A call that is answered where it was asked: without a session, or on a socket. Nobody comes back for it. */
export class PlainStream implements LegacyStream {
  constructor(
    private readonly writer: AnswerWriter,
    readonly signal: AbortSignal,
  ) {}

  get canSend(): boolean {
    return this.writer.canStream;
  }

  send(message: object): void {
    this.writer.send(message);
  }

  async end(messages: readonly object[], isBatch: boolean): Promise<McpHead | undefined> {
    if (!isBatch || !this.writer.hasBegun) return this.writer.end(isBatch ? messages : messages[0]);
    for (const message of messages) this.writer.send(message);
    return undefined;
  }
}

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
