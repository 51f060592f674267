import type { Response } from 'express';
import { eventStreamType, type Delivery } from './mcp.exchanges.js';
import type { McpHead, McpRequest } from '@scm/contracts';

/** What a slow client may leave unread. */
const MAX_UNREAD_BYTES = 4 * 1_048_576;

/** Writes what the protocol answers as one HTTP response. */
export class HttpDelivery implements Delivery {
  readonly gone: AbortSignal;
  private isComplete = false;

  constructor(
    private readonly asked: McpRequest,
    private readonly response: Response,
  ) {
    const gone = new AbortController();
    // Aborting costs more than all the rest of a small answer.
    response.once('close', () => {
      if (!this.isComplete) gone.abort();
    });
    this.gone = gone.signal;
  }

  begin({ status, headers, body }: McpHead): void {
    const { response } = this;
    if (response.headersSent) return;
    response.status(status);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (body === undefined && headers['content-type'] === eventStreamType)
      return this.beginStream(headers['mcp-session-id']);
    this.isComplete = true;
    response.end(body);
  }

  write(text: string): void {
    if (this.response.writableEnded) return;
    this.response.write(text);
    if (this.response.writableLength > MAX_UNREAD_BYTES) this.response.destroy();
  }

  finish(): void {
    this.isComplete = true;
    if (!this.response.writableEnded) this.response.end();
  }

  private beginStream(session: string | undefined): void {
    this.response.flushHeaders();
    if (this.asked.transport === 'sse') {
      this.response.write(`event: endpoint\ndata: /mcp/messages?sessionId=${session}\n\n`);
    }
  }
}
