import { setTimeout as sleep } from 'node:timers/promises';
import { signalAll, usageOf } from './processes.mjs';

const collectMs = 1_000;
const allowedGrowth = 1.1;

/** Memory and handles of services, by name, right after they have collected their garbage. */
export async function usageNow(services, signal) {
  signalAll(
    services.map(({ pid }) => pid),
    'SIGUSR2',
  );
  await sleep(collectMs, undefined, { signal });
  return Object.fromEntries(services.map(({ name, pid }) => [name, usageOf(pid)]));
}

/** Waits until both are back where they were; what is not by the deadline is a fault. */
export async function growthSince(baseline, services, deadlineMs, signal) {
  for (;;) {
    const now = await usageNow(services, signal);
    const faults = Object.entries(now).flatMap(([name, { rssMib, handles }]) => [
      ...(rssMib > baseline[name].rssMib * allowedGrowth ? [`${name}: memory grew to ${Math.round(rssMib)} MiB`] : []),
      ...(handles > baseline[name].handles * allowedGrowth ? [`${name}: handles grew to ${handles}`] : []),
    ]);
    if (faults.length === 0 || performance.now() > deadlineMs) return { faults, rows: rowsOf(baseline, now) };
  }
}

const rowsOf = (before, after) =>
  Object.keys(after).map((service) => ({
    service,
    'RSS before, MiB': Math.round(before[service].rssMib),
    'RSS after, MiB': Math.round(after[service].rssMib),
    'handles before': before[service].handles,
    'handles after': after[service].handles,
  }));
