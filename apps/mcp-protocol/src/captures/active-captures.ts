import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from '@nats-io/transport-node';
import { CaptureEvents, type Capture, type CaptureChange } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { NATS, type Nats } from '@scm/service';
import { CapturesRepository } from './captures.repository.js';
import { fits } from './capture-filter.js';
import type { ExchangeFacts } from './recorder.js';

/** What was not heard of, as when NATS was away, is seen this soon. */
const REFRESH_MS = 15_000;
const none: readonly Capture[] = [];

/** The captures that go on now, at hand for every exchange of this replica. */
@Injectable()
export class ActiveCaptures implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ActiveCaptures.name);
  private captures = new Map<string, CaptureChange>();
  private subscription?: Subscription;
  private refreshes?: NodeJS.Timeout;

  constructor(
    private readonly rows: CapturesRepository,
    @Inject(NATS) private readonly nats: Nats,
  ) {}

  async onModuleInit(): Promise<void> {
    this.subscription = this.nats.subscribe(`${CaptureEvents.changed.subject}.>`, {
      callback: (error, msg) => {
        if (!error) this.apply(msg.json<CaptureChange>());
      },
    });
    this.refreshes = setInterval(() => void this.refresh(), REFRESH_MS);
    await this.refresh();
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
    clearInterval(this.refreshes);
  }

  apply(change: CaptureChange): void {
    const { id, endedAt } = change.capture;
    if (endedAt === undefined) this.captures.set(id, change);
    else this.captures.delete(id);
  }

  /** Those of the caller's workspace that the exchange fits. */
  matching(facts: ExchangeFacts): readonly Capture[] {
    if (this.captures.size === 0) return none;
    const actor = currentActor();
    return [...this.captures.values()].filter((change) => fits(change, facts, actor)).map(({ capture }) => capture);
  }

  private async refresh(): Promise<void> {
    try {
      const rows = await this.rows.active();
      this.captures = new Map(rows.map((change) => [change.capture.id, change]));
    } catch (error) {
      this.logger.warn(`captures are not refreshed: ${String(error)}`);
    }
  }
}
