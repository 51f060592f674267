import type { McpHead, McpRequest } from '@scm/contracts';
import type { StreamedAnswer } from '@scm/messaging';
import { accepted, jsonHead, streamHeaders } from './heads.js';

/** Writes the messages of one answer: as JSON when there is only one, as a stream as soon as something precedes it. */
export class AnswerWriter {
  private isStreaming = false;
  private readonly transport: McpRequest['transport'];
  readonly canStream: boolean;

  constructor(
    private readonly answer: StreamedAnswer<McpHead>,
    { transport, headers }: McpRequest,
    private readonly more: Record<string, string> = {},
  ) {
    this.transport = transport;
    this.canStream = transport !== 'http' || acceptsStream(headers['accept']);
  }

  get hasBegun(): boolean {
    return this.isStreaming;
  }

  /** Begins the stream, if it has not begun; `headers` go to the gateway with it. */
  begin(headers: Record<string, string> = {}): void {
    if (this.isStreaming) return;
    this.isStreaming = true;
    this.answer.begin({ status: 200, headers: { ...streamHeaders, ...this.more, ...headers } });
  }

  /** `id` is where a client that loses the stream goes on. */
  send(message: object, id?: string, isLast = false): void {
    this.begin();
    const mark = id && (isLast ? `${id} last` : id);
    this.answer.send(this.encoded(message, id), mark);
  }

  /** An event without a message, which gives a client its place in the stream and says when to come back. */
  prime(id: string, retryMs: number): void {
    this.begin();
    this.answer.send(`id: ${id}\nretry: ${retryMs}\ndata: \n\n`, id);
  }

  /** Sends the last message; gives it as the whole answer when nothing preceded it. */
  end(message: object | undefined, status = 200, id?: string): McpHead | undefined {
    if (!this.isStreaming) {
      const head = message === undefined ? accepted : jsonHead(message, status);
      return { ...head, headers: { ...head.headers, ...this.more } };
    }
    if (message !== undefined) this.send(message, id, true);
    else this.finish();
    return undefined;
  }

  /** Says that nothing more comes, to whoever would go on with the stream. */
  finish(): void {
    this.answer.send('', 'last');
  }

  /** As the transport has it. */
  encoded(message: object, id?: string): string {
    const text = JSON.stringify(message);
    if (this.transport === 'socket') return text;
    return `event: message\n${id ? `id: ${id}\n` : ''}data: ${text}\n\n`;
  }
}

function acceptsStream(accept = '*/*'): boolean {
  return accept.includes('text/event-stream') || accept.includes('*/*');
}
