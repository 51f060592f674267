import type { RetryPolicy } from '../definitions/document.js';

/** Exponential backoff with full jitter. `attempt` is the one that failed, `random` in [0, 1). */
export function retryDelayMs({ initialMs, maxMs, factor }: RetryPolicy, attempt: number, random: number): number {
  return Math.round(random * Math.min(maxMs, initialMs * factor ** (attempt - 1)));
}
