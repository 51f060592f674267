import type { McpHead } from '@scm/contracts';
import type { AnswerWriter } from '../protocol/answer.writer.js';
import type { LegacyStream } from './legacy-caller.js';

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
