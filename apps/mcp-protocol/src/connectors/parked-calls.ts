import { LRUCache } from 'lru-cache';
import type { ParkedCall } from './parked-call.js';

const KEPT = 1_000;

/** How long a call waits for its client. */
export const PARKED_MS = 600_000;

/** The calls of this replica that wait for answers of their clients. */
export class ParkedCalls {
  private readonly calls = new LRUCache<string, { call: ParkedCall; giveUp: () => void }>({
    max: KEPT,
    ttl: PARKED_MS,
    ttlAutopurge: true,
    dispose: ({ giveUp }, _, reason) => {
      if (reason !== 'delete') giveUp();
    },
  });

  /** `giveUp` is called when the client does not come back in time. */
  add(call: ParkedCall, giveUp: () => void): void {
    this.calls.set(call.id, { call, giveUp });
  }

  /** Takes it out, if it waits in this round: two retries never have the same call. */
  take(id: string, round: number): { call: ParkedCall; giveUp: () => void } | undefined {
    const parked = this.calls.peek(id);
    if (parked?.call.round !== round) return undefined;
    this.calls.delete(id);
    return parked;
  }

  close(): void {
    for (const { giveUp } of this.calls.values()) giveUp();
    this.calls.clear();
  }
}
