import { LRUCache } from 'lru-cache';

const MINUTE_MS = 60_000;

/** How many exemplars of each workspace this replica takes in a minute. */
export class ExemplarAllowance {
  private readonly left = new LRUCache<string, { count: number }>({ max: 10_000, ttl: MINUTE_MS });

  constructor(private readonly perMinute: number) {}

  /** @returns how many of those that are wanted may be taken. */
  take(workspaceId: string, wanted: number): number {
    if (wanted === 0) return 0;
    const window = this.left.get(workspaceId) ?? { count: this.perMinute };
    if (!this.left.has(workspaceId)) this.left.set(workspaceId, window);
    const taken = Math.min(window.count, wanted);
    window.count -= taken;
    return taken;
  }
}
