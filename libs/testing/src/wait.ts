import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** How long the condition may take, 10,000 by default. */
  timeoutMs?: number;
  /** Time between two looks, 10 by default. */
  everyMs?: number;
  /** What is waited for, to be named in the error. */
  what?: string;
}

type Truthy<T> = Exclude<NonNullable<T>, false | 0 | ''>;

/**
 * Looks until the condition gives something truthy, and gives that.
 * A look that throws counts as "not yet"; what it threw last is the cause of the error after `timeoutMs`.
 */
export async function waitFor<T>(look: () => T | Promise<T>, options: WaitOptions = {}): Promise<Truthy<T>> {
  const { timeoutMs = 10_000, everyMs = 10, what = 'a condition' } = options;
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const seen = await look();
      if (seen) return seen as Truthy<T>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(everyMs);
  } while (Date.now() < deadline);
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}${cause instanceof Error ? `: ${cause.message}` : ''}`, {
    cause,
  });
}
