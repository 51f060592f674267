import { Logger } from '@nestjs/common';
import type { ChannelSender } from './channel.sender.js';
import type { DeliveryQueue, DueDelivery } from './delivery.queue.js';

const LOOK_MS = 500;
/** Several times within a lease. */
const RENEW_MS = 3_000;

/** Keeps one channel's tries going: as many at once as it may, no more than its share to one target, none waiting for another. */
export class DeliveryLane {
  private readonly logger = new Logger(DeliveryLane.name);
  private readonly underWay = new Map<Promise<void>, DueDelivery>();
  private renewing?: NodeJS.Timeout;
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private rouse = () => {};

  constructor(
    private readonly sender: ChannelSender,
    private readonly queue: DeliveryQueue,
    private readonly deliver: (delivery: DueDelivery, sender: ChannelSender, stopping: AbortSignal) => Promise<void>,
  ) {}

  start(): void {
    this.loop = this.run();
    this.renewing = setInterval(() => void this.renew(), RENEW_MS);
  }

  /** Begins nothing more and resolves once the tries under way have ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.rouse();
    await this.loop;
    await Promise.all(this.underWay.keys());
    clearInterval(this.renewing);
    await this.sender.close();
  }

  /** There may be something to send. */
  wake(): void {
    this.rouse();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const begun = await this.fill().catch((error: unknown) => this.logger.warn(`deliveries wait: ${String(error)}`));
      if (!begun) await this.pause();
    }
  }

  /** @returns how many tries it began. */
  private async fill(): Promise<number> {
    const free = this.sender.atOnce - this.underWay.size;
    if (free === 0) return 0;
    const due = await this.queue.takeDue(this.sender, free, this.targets());
    for (const delivery of due) this.begin(delivery);
    return due.length;
  }

  private begin(delivery: DueDelivery): void {
    const { signal } = this.stopping;
    const attempt = this.deliver(delivery, this.sender, signal)
      // Its lease ends, and it is tried again.
      .catch((error: unknown) => this.logger.warn(`a delivery waits: ${String(error)}`))
      .finally(() => {
        this.underWay.delete(attempt);
        this.rouse();
      });
    this.underWay.set(attempt, delivery);
  }

  private targets(): string[] {
    return [...this.underWay.values()].map(({ target }) => target);
  }

  private async renew(): Promise<void> {
    if (this.underWay.size === 0) return;
    const ids = [...this.underWay.values()].map(({ id }) => id);
    await this.queue.renew(ids).catch((error: unknown) => this.logger.warn(`leases wait: ${String(error)}`));
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      this.rouse = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.stopping.signal.aborted) this.rouse();
    });
  }
}
