import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from '@nats-io/transport-node';
import { McpEvents, type McpTold } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import type { JsonObject } from '@scm/mcp-messages';
import { NATS, type Nats } from '@scm/service';

type Hear = (session: string, message: JsonObject) => void;

/**
 * What replicas tell each other of sessions, since any of them handles any message. Each hears everything, itself too; what
 * was told before an answer is heard before the request that follows the answer.
 */
@Injectable()
export class SessionBus implements OnModuleInit, OnModuleDestroy {
  private readonly hearers = new Map<McpTold['what'], Hear[]>();
  private subscription?: Subscription;

  constructor(
    private readonly messaging: MessagingClient,
    @Inject(NATS) private readonly nats: Nats,
  ) {}

  onModuleInit(): void {
    const { subject } = McpEvents.sessionTold;
    this.subscription = this.nats.subscribe(`${subject}.*`, {
      callback: (error, msg) => {
        if (error) return;
        const { what, message = {} } = msg.json<McpTold>();
        const session = decodeURIComponent(msg.subject.slice(subject.length + 1));
        for (const hear of this.hearers.get(what) ?? []) hear(session, message);
      },
    });
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  on(what: McpTold['what'], hear: Hear): void {
    this.hearers.set(what, [...(this.hearers.get(what) ?? []), hear]);
  }

  async tell(session: string, what: McpTold['what'], message: JsonObject = {}): Promise<void> {
    const payload: McpTold = { what, message };
    await this.messaging.publish({ contract: McpEvents.sessionTold, keys: [session], payload, id: randomUUID() });
  }
}
