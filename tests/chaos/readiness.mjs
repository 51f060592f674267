import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames } from '../../tools/launcher/services.mjs';

/** So soon readiness and status tell of a fault, and of its end. */
export const tellWaitMs = 10_000;
const lookEveryMs = 100;

/** The stores by the names that the status gives them. */
export const storeNames = { nats: 'jetstream', postgres: 'postgres', redis: 'redis' };

/** Milliseconds until `/readyz` and `/api/v1/system/status` tell that a process gives no answer; undefined if they do not. */
export async function tellsOfFault(client, name) {
  return within(async () => {
    if (name === 'redis') return namesMode(client, name);
    const isReady = await readiness(client);
    if (name === 'gateway') return isReady === undefined;
    if (serviceNames.includes(name)) return isReady === undefined || isReady.services?.[name] !== 'ready';
    return isReady?.state !== 'ready' && (await namesMode(client, name));
  });
}

/** Milliseconds until `/readyz` says again that everything is ready; undefined if it does not in time. */
export const tellsOfHealing = (client) => within(async () => (await readiness(client))?.state === 'ready');

async function readiness(client) {
  const answer = await client.try('GET', '/readyz', { waitMs: 2_500 });
  return answer?.body;
}

async function namesMode(client, name) {
  const answer = await client.try('GET', '/api/v1/system/status', { waitMs: 2_500 });
  return answer?.body.modes?.some(({ of }) => of === storeNames[name]) ?? false;
}

async function within(look) {
  const startedMs = performance.now();
  for (;;) {
    const seen = await look();
    const elapsedMs = Math.round(performance.now() - startedMs);
    if (seen) return elapsedMs;
    if (elapsedMs > tellWaitMs) return undefined;
    await sleep(lookEveryMs);
  }
}
