import { setTimeout as sleep } from 'node:timers/promises';
import { unsettled } from './check.mjs';

/** So often is looked; looking is a load of its own. */
const lookEveryMs = 2_000;

/** Looks until everything has come to its end, or the deadline (of `performance.now()`); gives the last look and when it was. */
export async function settle(context, deadlineMs, { signal, log }) {
  for (;;) {
    const seen = await unsettled(context);
    const atMs = performance.now();
    if (seen.faults.length === 0 || atMs > deadlineMs) return { ...seen, atMs };
    log(seen.faults.join('; '));
    await sleep(lookEveryMs, undefined, { signal });
  }
}
