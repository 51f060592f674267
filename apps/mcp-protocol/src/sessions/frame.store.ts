import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import { eventSubject, McpEvents, streams, type McpFrame } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import { NATS, type Nats } from '@scm/service';

/** A message of a stream at its place there. */
export interface StoredFrame extends McpFrame {
  seq: number;
}

/** So soon a consumer that NATS has lost is missed. */
const FOLLOW = { max_messages: 256, expires: 5_000, idle_heartbeat: 1_000, abort_on_missing_resource: true } as const;

/** The messages of sessions' streams, kept for some minutes: a client goes on at any replica where it lost its stream. */
@Injectable()
export class FrameStore {
  constructor(
    private readonly messaging: MessagingClient,
    @Inject(NATS) private readonly nats: Nats,
  ) {}

  /** @returns its place. */
  async keep(session: string, stream: string, frame: McpFrame): Promise<number> {
    const event = { contract: McpEvents.frameSent, keys: [session, stream], payload: frame, id: randomUUID() };
    return (await this.messaging.publish(event)).seq;
  }

  /** What came after `after`, and what comes; ends when the signal aborts, or throws when NATS loses its place. */
  async *follow(session: string, stream: string, after: number, signal: AbortSignal): AsyncGenerator<StoredFrame> {
    const consumer = await jetstream(this.nats).consumers.get(streams.mcp.name, {
      filter_subjects: eventSubject(McpEvents.frameSent, [session, stream]),
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
    });
    const messages = await consumer.consume(FOLLOW);
    const close = () => void messages.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for await (const msg of messages) yield { ...msg.json<McpFrame>(), seq: msg.seq };
    } finally {
      signal.removeEventListener('abort', close);
      void consumer.delete().catch(() => undefined);
    }
  }
}
