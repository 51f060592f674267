import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { McpApi, ServiceError, type Actor, type McpHead, type McpRequest } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';

/** Where an answer goes. */
export interface Delivery {
  /** Aborts when nobody wants the rest. */
  readonly gone: AbortSignal;
  begin(head: McpHead): void;
  write(text: string): void;
}

export const eventStreamType = 'text/event-stream';

/** What the protocol tells the gateway alone: where the stream can be gone on with. */
const MARK = 'scm-mark';
const LAST = /(^| )last$/;
const AGAIN_MS = 250;
/** So long a stream waits for a replica that goes on with it. */
const PATIENCE_MS = 30_000;

/** Asks mcp-protocol. A stream whose replica goes away is gone on with at another one, without its client noticing. */
@Injectable()
export class McpExchanges {
  constructor(private readonly messaging: MessagingClient) {}

  /** Throws when there is no answer at all. */
  async run(asked: McpRequest, delivery: Delivery, actor: Actor): Promise<void> {
    const progress = new Progress(asked, delivery);
    let waitsUntil = 0;
    for (let request: McpRequest | undefined = asked; request; request = progress.rest()) {
      const marked = progress.mark;
      try {
        await this.messaging.stream(McpApi.exchange, request, progress, { as: actor });
      } catch (error) {
        if (!progress.hasBegun || !(error instanceof ServiceError)) throw error;
        if (progress.mark !== marked) waitsUntil = 0;
        waitsUntil ||= Date.now() + PATIENCE_MS;
        if (Date.now() > waitsUntil) return;
        await sleep(AGAIN_MS, undefined, { signal: delivery.gone }).catch(() => undefined);
      }
    }
  }
}

/** How far an answer came. */
class Progress {
  mark?: string;
  hasBegun = false;
  private isDone = false;
  private session?: string;

  constructor(
    private readonly asked: McpRequest,
    private readonly delivery: Delivery,
  ) {
    this.session = asked.headers['mcp-session-id'];
  }

  get signal(): AbortSignal {
    return this.delivery.gone;
  }

  onHead(head: McpHead): void {
    const { [MARK]: mark, ...headers } = head.headers;
    if (this.hasBegun) {
      // Nobody has the session any more: there is no rest.
      this.isDone ||= head.status !== 200;
      return;
    }
    this.hasBegun = true;
    this.mark = mark;
    this.session = headers['mcp-session-id'] ?? this.session;
    this.delivery.begin({ ...head, headers });
  }

  onText(text: string, mark: string | undefined): void {
    if (mark !== undefined && LAST.test(mark)) this.isDone = true;
    else if (mark !== undefined) this.mark = mark;
    if (text) this.delivery.write(text);
  }

  /** The request for what did not come yet; undefined when all came, or nobody wants it. */
  rest(): McpRequest | undefined {
    if (this.isDone || this.mark === undefined || this.signal.aborted) return undefined;
    const { accept, 'mcp-protocol-version': version } = this.asked.headers;
    const headers = {
      ...(accept && { accept }),
      ...(version && { 'mcp-protocol-version': version }),
      ...(this.session && { 'mcp-session-id': this.session }),
      'last-event-id': this.mark,
    };
    return { method: 'GET', transport: this.asked.transport, headers, body: '' };
  }
}
