import { LRUCache } from 'lru-cache';
import type { JsonObject } from '@scm/mcp-messages';

const MAX_CHARACTERS = 33_554_432;
const MAX_READ_CHARACTERS = 1_048_576;
const MAX_TTL_MS = 3_600_000;

interface Kept {
  result: JsonObject;
  freshUntil: number;
  characters: number;
}

/** Whose reading it is: of which resource of what upstream, for whom. */
export interface ReadKey {
  upstream: string;
  uri: string;
  principal: string;
}

/** What resources of upstreams hold, for as long as they say themselves: what is public for everyone, the rest for one principal. */
export class ReadCache {
  private readonly kept = new LRUCache<string, Kept>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ characters }) => characters,
  });

  /** Says how long it may be kept from now on. */
  get(key: ReadKey): JsonObject | undefined {
    const known = this.kept.get(textOf(key)) ?? this.kept.get(textOf({ ...key, principal: '' }));
    const ttlMs = (known?.freshUntil ?? 0) - Date.now();
    return known && ttlMs > 0 ? { ...known.result, ttlMs } : undefined;
  }

  keep(key: ReadKey, result: JsonObject): void {
    const { ttlMs, cacheScope, resultType } = result;
    if (resultType !== 'complete' || typeof ttlMs !== 'number' || ttlMs <= 0) return;
    const characters = JSON.stringify(result).length;
    if (characters > MAX_READ_CHARACTERS) return;
    const freshUntil = Date.now() + Math.min(ttlMs, MAX_TTL_MS);
    const place = textOf(cacheScope === 'public' ? { ...key, principal: '' } : key);
    this.kept.set(place, { result, freshUntil, characters });
  }

  expire(upstream: string, uri: string): void {
    const prefix = textOf({ upstream, uri, principal: '' });
    for (const key of this.kept.keys()) if (key.startsWith(prefix)) this.kept.delete(key);
  }
}

function textOf({ upstream, uri, principal }: ReadKey): string {
  return `${upstream}\n${uri}\n${principal}`;
}
