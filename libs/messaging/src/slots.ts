/**
 * What of so many slots is taken. What costs more than is free waits, one at a time, and nothing more is asked for meanwhile:
 * so the dear ones are not starved by the cheap ones.
 */
export class Slots {
  private used = 0;
  /** What the last one cost is what the next ones are taken to cost. */
  private costLately = 1;
  private first?: { cost: number; resolve: (isTaken: boolean) => void };
  private isClosed = false;
  private onChange = () => {};

  constructor(private readonly count: number) {}

  /** For how many there seems to be room. */
  get room(): number {
    const free = this.count - this.used;
    if (this.first || free === 0) return 0;
    return Math.max(1, Math.floor(free / this.costLately));
  }

  /** Resolves when there is room, or nothing is wanted any more. */
  async vacant(): Promise<void> {
    while (this.room === 0 && !this.isClosed) await new Promise<void>((resolve) => (this.onChange = resolve));
  }

  /** Takes as many slots as it costs, at most all there are; gives how many, or 0 when it is to be handed back. */
  async take(cost: number): Promise<number> {
    const wanted = Math.min(cost, this.count);
    this.costLately = wanted;
    if (this.first || this.isClosed) return 0;
    if (this.used + wanted > this.count) {
      const isTaken = await new Promise<boolean>((resolve) => (this.first = { cost: wanted, resolve }));
      return isTaken ? wanted : 0;
    }
    this.used += wanted;
    return wanted;
  }

  release(taken: number): void {
    this.used -= taken;
    const { first } = this;
    if (first && this.used + first.cost <= this.count) {
      this.first = undefined;
      this.used += first.cost;
      first.resolve(true);
    }
    this.onChange();
  }

  /** Whoever waits is sent away, and nothing is taken any more. */
  close(): void {
    this.isClosed = true;
    this.first?.resolve(false);
    this.first = undefined;
    this.onChange();
  }
}
