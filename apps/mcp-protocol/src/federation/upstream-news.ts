import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from '@nats-io/transport-node';
import { McpEvents, type McpUpstreamNews } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import { NATS, type Nats } from '@scm/service';

/** What an upstream told one replica, for the caches of all: only one of them may be listening. */
@Injectable()
export class UpstreamNews implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(UpstreamNews.name);
  private subscription?: Subscription;
  /** Called for everything that any replica tells, this one too. */
  onNews: (news: McpUpstreamNews) => void = () => {};

  constructor(
    private readonly messaging: MessagingClient,
    @Inject(NATS) private readonly nats: Nats,
  ) {}

  onModuleInit(): void {
    this.subscription = this.nats.subscribe(McpEvents.upstreamChanged.subject, {
      callback: (error, msg) => {
        if (!error) this.onNews(msg.json<McpUpstreamNews>());
      },
    });
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  tell(news: McpUpstreamNews): void {
    this.onNews(news);
    void this.messaging
      .publish({ contract: McpEvents.upstreamChanged, keys: [], payload: news, id: randomUUID() })
      .catch((error: unknown) => this.logger.warn(`other replicas were not told of a change: ${String(error)}`));
  }
}
