interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Writes what arrived together, or while the former write was under way, as one batch: no timer, so an idle service adds no
 * delay, and the batch grows with the load. A caller is answered when its batch is written.
 */
export class GroupCommit<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private writers = 0;
  private isGathering = false;

  /** `write` gives one result for each item, in order. At most `lanes` writes run at once. */
  constructor(
    private readonly write: (items: Item[]) => Promise<Result[]>,
    private readonly limits: { lanes: number; maxBatch: number },
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.gather();
    });
  }

  /** What one read of the socket brought arrives in one turn of the event loop. */
  private gather(): void {
    if (this.isGathering) return;
    this.isGathering = true;
    setImmediate(() => {
      this.isGathering = false;
      this.next();
    });
  }

  private next(): void {
    if (this.writers >= this.limits.lanes || this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, this.limits.maxBatch);
    this.writers++;
    void this.flush(batch).finally(() => {
      this.writers--;
      this.gather();
    });
  }

  private async flush(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => resolve(results[i] as Result));
    } catch (error) {
      // One item that Postgres refuses must not fail those it was batched with.
      if (batch.length > 1 && isRefusal(error)) for (const one of batch) await this.flush([one]);
      else for (const { reject } of batch) reject(error);
    }
  }
}

/** SQLSTATE classes 22 (data), 23 (constraint) and 54 (limit exceeded). */
function isRefusal(error: unknown): boolean {
  return /^(22|23|54)/.test(String((error as { code?: unknown } | undefined)?.code));
}
