import { LRUCache } from 'lru-cache';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';

/** Share of a limit that a replica takes at once: so much may stay unused when its window ends. */
const BLOCK_SHARE = 0.01;
const MAX_KEYS = 10_000;

interface Block {
  left: number;
  untilMs: number;
}

/**
 * A limit that replicas share. A large one is taken from the store in blocks, so that the store is asked once for many
 * requests; replicas together never grant more than the limit. One below 200 points is asked for point by point.
 */
export class SharedLimit {
  private readonly blockSize: number;
  private readonly blocks = new LRUCache<string, Block>({ max: MAX_KEYS });
  private readonly asking = new Map<string, Promise<void>>();

  constructor(
    private readonly store: RateLimiterAbstract,
    points: number,
  ) {
    this.blockSize = Math.max(1, Math.floor(points * BLOCK_SHARE));
  }

  /** Grants from the block in hand, or gives what the store will say; it rejects as the store's `consume` does. */
  consume(key: string): 'granted' | Promise<void> {
    return this.spend(key) ? 'granted' : this.fromStore(key);
  }

  private async fromStore(key: string): Promise<void> {
    if (this.blockSize === 1) {
      await this.store.consume(key);
      return;
    }
    while (!this.spend(key)) await (this.asking.get(key) ?? this.take(key));
  }

  private spend(key: string): boolean {
    const block = this.blocks.get(key);
    if (block === undefined || block.left === 0 || Date.now() >= block.untilMs) return false;
    block.left--;
    return true;
  }

  private take(key: string): Promise<void> {
    const taken = this.store
      .consume(key, this.blockSize)
      .then(({ msBeforeNext }) => {
        this.blocks.set(key, { left: this.blockSize, untilMs: Date.now() + msBeforeNext });
      })
      .finally(() => this.asking.delete(key));
    this.asking.set(key, taken);
    return taken;
  }
}
