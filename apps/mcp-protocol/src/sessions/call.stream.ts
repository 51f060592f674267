import { Logger } from '@nestjs/common';
import type { McpHead } from '@scm/contracts';
import type { StreamedAnswer } from '@scm/messaging';
import type { RequestId } from '@scm/mcp-messages';
import type { AnswerWriter } from '../protocol/answer.writer.js';
import type { FrameStore } from './frame.store.js';
import type { LegacyStream } from './legacy-caller.js';
import type { Session } from './session.js';
import { newCallStream, placeText } from './stream-id.js';

/** An answer that takes so long becomes a stream, so that the client may lose it and come back. */
const SLOW_MS = 2_000;
const RETRY_MS = 1_000;

const logger = new Logger('mcp');

/**
 * The messages of calls of a session over HTTP. Once it is a stream, each message is kept before it is sent, and the calls go
 * on without their client; when this replica is about to stop, the client goes on at another one.
 */
export class CallStream implements LegacyStream {
  private readonly id: string;
  private readonly slow: NodeJS.Timeout;
  private readonly leave = () => this.answer.close();
  private tail: Promise<void> = Promise.resolve();
  private hasBegun = false;

  constructor(
    private readonly session: Session,
    requestId: RequestId | undefined,
    private readonly frames: FrameStore,
    private readonly writer: AnswerWriter,
    private readonly answer: StreamedAnswer<McpHead>,
    readonly signal: AbortSignal,
    private readonly working: Set<string>,
  ) {
    this.id = newCallStream(requestId);
    this.slow = setTimeout(() => this.begin(), SLOW_MS);
    if (!writer.canStream) clearTimeout(this.slow);
  }

  get canSend(): boolean {
    return this.writer.canStream;
  }

  send(message: object): void {
    this.begin();
    this.tail = this.tail.then(() => this.pass(message, false));
  }

  /** Gives the whole answer when nothing preceded it. */
  async end(messages: readonly object[], isBatch: boolean): Promise<McpHead | undefined> {
    clearTimeout(this.slow);
    if (!this.hasBegun) return this.writer.end(isBatch ? messages : messages[0]);
    // Of a cancelled call there is nothing but the end.
    for (const [i, message] of (messages.length > 0 ? messages : [undefined]).entries()) {
      this.tail = this.tail.then(() => this.pass(message, i >= messages.length - 1));
    }
    await this.tail;
    this.answer.draining.removeEventListener('abort', this.leave);
    this.working.delete(this.id);
    return undefined;
  }

  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    clearTimeout(this.slow);
    this.working.add(this.id);
    const place = placeText({ stream: this.id, seq: 0 });
    this.writer.begin({ 'scm-mark': place });
    // Older clients read every event as a message.
    if ((this.session.revision ?? '') >= '2025-11-25') this.writer.prime(place, RETRY_MS);
    if (this.answer.draining.aborted) this.leave();
    else this.answer.draining.addEventListener('abort', this.leave, { once: true });
  }

  private async pass(message: object | undefined, isLast: boolean): Promise<void> {
    const frame = { ...(message && { message: { ...message } }), ...(isLast && { last: 1 }) };
    const seq = await this.frames.keep(this.session.id, this.id, frame).catch((error: unknown) => {
      logger.warn(`a message is sent without being kept: ${String(error)}`);
      return 0;
    });
    if (message) this.writer.send(message, seq ? placeText({ stream: this.id, seq }) : undefined, isLast);
    else this.writer.finish();
  }
}
