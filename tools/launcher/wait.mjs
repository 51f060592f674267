import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until there is something truthy to see and gives that; after `timeoutMs` throws, with the last look's error. */
export async function waitUntil(what, look, { timeoutMs = 30_000, everyMs = 50, signal } = {}) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    let cause;
    const seen = await Promise.resolve()
      .then(look)
      .catch((error) => void (cause = error));
    if (seen) return seen;
    if (Date.now() > deadline)
      throw new Error(`${what}: not within ${timeoutMs} ms${cause ? ` (${cause.message})` : ''}`);
    await sleep(everyMs);
  }
}
