import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { CaptureEvents, type CapturedExchange } from '@scm/contracts';
import { GroupCommit } from '@scm/database';
import { currentActor, MessagingClient } from '@scm/messaging';
import { SecretBox } from '@scm/service';
import { ActiveCaptures } from './active-captures.js';
import { CapturedExchangesRepository, type NewExchange } from './captured-exchanges.repository.js';
import { toCapture } from './capture-view.js';

const MAX_WAITING = 256;

const dropped = metrics.getMeter('@scm/mcp-protocol').createCounter('scm.mcp.capture.dropped', {
  description: 'Captured exchanges that were not kept because too many were waiting',
  unit: '{exchange}',
});

/** Tells and keeps captured exchanges, beside the exchanges themselves: nobody waits for it, and at most so many wait. */
@Injectable()
export class ExchangeStore {
  private readonly logger = new Logger(ExchangeStore.name);
  private waiting = 0;
  private readonly rows: GroupCommit<NewExchange, void>;

  constructor(
    private readonly messaging: MessagingClient,
    private readonly exchanges: CapturedExchangesRepository,
    private readonly active: ActiveCaptures,
    private readonly box: SecretBox,
  ) {
    this.rows = new GroupCommit((exchanges) => this.write(exchanges), { lanes: 1, maxBatch: 64 });
  }

  /** Shows the exchange to who watches, and keeps it once it has ended. */
  tell(exchange: CapturedExchange): void {
    if (this.waiting >= MAX_WAITING) {
      dropped.add(1);
      return;
    }
    this.waiting += 1;
    const { workspaceId } = currentActor();
    const told = this.publish(workspaceId, exchange);
    const kept = exchange.outcome === 'running' ? undefined : this.rows.add(this.sealed(workspaceId, exchange));
    void Promise.all([told, kept])
      .catch((error: unknown) => this.logger.warn(`a captured exchange is lost: ${String(error)}`))
      .finally(() => (this.waiting -= 1));
  }

  private async publish(workspaceId: string, exchange: CapturedExchange): Promise<void> {
    const keys = [workspaceId, String(exchange.captureId)];
    await this.messaging.publish({
      contract: CaptureEvents.exchangeCaptured,
      keys,
      payload: exchange,
      id: randomUUID(),
    });
  }

  private sealed(workspaceId: string, exchange: CapturedExchange): NewExchange {
    const { frames, ...rest } = exchange;
    const { redacted, omitted, ...summary } = rest;
    const sealed = this.box.seal(JSON.stringify({ frames, redacted, omitted }), placeOf(exchange.id));
    return { workspaceId, summary, sealed };
  }

  /** A capture that has as many as it wants has ended. */
  private async write(exchanges: NewExchange[]): Promise<void[]> {
    for (const [capture, kept] of Map.groupBy(exchanges, ({ summary }) => String(summary.captureId))) {
      const workspaceId = kept[0]?.workspaceId ?? '';
      const row = await this.exchanges.keep(workspaceId, capture, kept);
      if (row?.ended_at) this.active.apply({ workspaceId, capture: toCapture(row) });
    }
    return exchanges.map(() => undefined);
  }
}

/** Where what was said in an exchange stands, for the seal. */
export function placeOf(id: string): string {
  return `captured_exchanges/${id}`;
}
