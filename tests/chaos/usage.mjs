import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../tools/launcher/wait.mjs';
import { signalAll, usageOf } from './processes.mjs';

const lookEveryMs = 1_000;
const allowedGrowth = 1.1;
const measures = { heldMib: 'memory held', rssMib: 'resident memory', handles: 'handles' };

/**
 * Of each service by name: MiB that its objects hold after a collection of garbage (without the newest samples, which
 * metrics-ingest keeps in memory on purpose), MiB resident before it (what an
 * allocator has once had for a peak it seldom gives back), and open handles.
 */
export async function usageOfAll({ services, folder, client, signal }) {
  const { details } = await client.insist('GET', '/api/v1/metrics/status');
  const keptMib = { 'metrics-ingest': details.headBytes / 1_048_576 };
  const entries = services.map(async ({ name, pid }) => {
    const usage = usageOf(pid);
    return [name, { heldMib: (await heldMib(pid, folder, signal)) - (keptMib[name] ?? 0), ...usage }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Waits until everything is back where it was; what is not by the deadline is a fault. */
export async function growthSince(baseline, deadlineMs, context) {
  for (;;) {
    const now = await usageOfAll(context);
    const faults = Object.keys(now).flatMap((name) => faultsOf(name, baseline[name], now[name]));
    if (faults.length === 0 || performance.now() > deadlineMs) return { faults, rows: rowsOf(baseline, now) };
    await sleep(lookEveryMs, undefined, { signal: context.signal });
  }
}

const faultsOf = (name, before, after) =>
  Object.entries(measures)
    .filter(([measure]) => after[measure] > before[measure] * allowedGrowth)
    .map(
      ([measure, text]) => `${name}: ${text} grew from ${Math.round(before[measure])} to ${Math.round(after[measure])}`,
    );

/** As `collect.mjs` in the service says. */
async function heldMib(pid, folder, signal) {
  const file = path.join(folder, `${pid}.held`);
  fs.rmSync(file, { force: true });
  signalAll([pid], 'SIGUSR2');
  await waitUntil(`process ${pid} to collect`, () => fs.existsSync(file), { signal });
  return Number(fs.readFileSync(file, 'utf8')) / 1_048_576;
}

const rowsOf = (before, after) =>
  Object.keys(after).map((service) => ({
    service,
    'held before, MiB': before[service].heldMib.toFixed(1),
    'held after, MiB': after[service].heldMib.toFixed(1),
    'RSS before, MiB': Math.round(before[service].rssMib),
    'RSS after, MiB': Math.round(after[service].rssMib),
    'handles before': before[service].handles,
    'handles after': after[service].handles,
  }));
