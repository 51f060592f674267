import { LRUCache } from 'lru-cache';
import type { JsonObject } from '@scm/mcp-messages';

const STALE_MS = 600_000;
const KEPT = 5_000;

interface Kept {
  result: JsonObject;
  freshUntil: number;
}

/** Whose list it is: of what upstream, for whom, and of what method. */
export interface ListKey {
  upstream: string;
  principal: string;
  method: string;
}

/**
 * Lists of upstreams, for as long as they say themselves: what is public for everyone, the rest for one principal. When an
 * upstream fails, what it said last is shown for ten minutes.
 */
export class ListCache {
  private readonly kept = new LRUCache<string, Kept>({ max: KEPT, ttl: STALE_MS });
  private readonly loading = new Map<string, Promise<JsonObject>>();

  /** The list, and whether it is an old one because the upstream failed. */
  async get(key: ListKey, load: () => Promise<JsonObject>): Promise<{ result: JsonObject; isStale: boolean }> {
    const known = this.known(key);
    if (known && known.freshUntil > Date.now()) return { result: known.result, isStale: false };
    try {
      return { result: await this.load(key, load), isStale: false };
    } catch (error) {
      if (!known) throw error;
      return { result: known.result, isStale: true };
    }
  }

  /** The newest list that was seen, however old. */
  last(key: ListKey): JsonObject | undefined {
    return this.known(key)?.result;
  }

  /** Forgets that the lists of an upstream were fresh: it said that they changed. */
  expire(upstream: string, method: string): void {
    for (const [key, kept] of this.kept.entries()) {
      if (key.startsWith(`${upstream}\n${method}\n`)) kept.freshUntil = 0;
    }
  }

  private async load(key: ListKey, load: () => Promise<JsonObject>): Promise<JsonObject> {
    const own = textOf(key);
    const running = this.loading.get(own);
    if (running) return running;
    const loading = load().finally(() => this.loading.delete(own));
    this.loading.set(own, loading);
    const result = await loading;
    const { ttlMs, cacheScope } = result;
    const place = cacheScope === 'public' ? textOf({ ...key, principal: '' }) : own;
    this.kept.set(place, { result, freshUntil: Date.now() + (typeof ttlMs === 'number' ? ttlMs : 0) });
    return result;
  }

  private known(key: ListKey): Kept | undefined {
    return this.kept.get(textOf(key)) ?? this.kept.get(textOf({ ...key, principal: '' }));
  }
}

function textOf({ upstream, method, principal }: ListKey): string {
  return `${upstream}\n${method}\n${principal}`;
}
