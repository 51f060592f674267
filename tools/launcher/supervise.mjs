import { setTimeout as sleep } from 'node:timers/promises';

const firstWaitMs = 250;
const longestWaitMs = 10_000;
const stableMs = 30_000;

/**
 * Starts a process again whenever it ends, after a wait that doubles with each early end, until `signal` aborts.
 * @param {{name: string, ended: () => Promise<unknown>, restart: () => Promise<void>}} supervised
 */
export async function supervise(supervised, { signal, log }) {
  let waitMs = firstWaitMs;
  let startedMs = Date.now();
  await supervised.ended();
  while (!signal.aborted) {
    if (Date.now() - startedMs > stableMs) waitMs = firstWaitMs;
    log(`${supervised.name} ended, starting it again in ${waitMs} ms`);
    await sleep(waitMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    waitMs = Math.min(waitMs * 2, longestWaitMs);
    startedMs = Date.now();
    if (await restarted(supervised, log)) await supervised.ended();
  }
}

async function restarted(supervised, log) {
  try {
    await supervised.restart();
    log(`${supervised.name} runs again, pid ${supervised.pid}`);
    return true;
  } catch (error) {
    log(`${supervised.name} did not start: ${error.message}`);
    return false;
  }
}
