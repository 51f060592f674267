// npm run test:senders: real senders, unchanged, write through the product while it is killed; what was acknowledged is all there, once.
// `-- --kills <n>` for more or fewer of them, `SCM_SEED` for the same ones again.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, buildIsStale } from '../../tools/launcher/build.mjs';
import { waitUntil } from '../../tools/launcher/wait.mjs';
import { makeFolder, makeRunFolder, stateFolder } from '../../tools/provision/places.mjs';
import { claim, sweepProcesses, sweepRuns } from '../../tools/provision/sweep.mjs';
import { startInstance } from '../chaos/instance.mjs';
import { randomFrom } from '../chaos/random.mjs';
import { freePort, startAgent } from './agents.mjs';
import { missingOf, spreadFaults } from './check.mjs';
import { startOtel } from './otel.mjs';
import { findHotShots, findPrograms } from './programs.mjs';
import { startRecorder } from './recorder.mjs';
import { statsdFaults } from './statsd.mjs';
import { startTarget } from './target.mjs';

const clone = path.join(import.meta.dirname, '..', '..');
const kills = Number(process.argv[process.argv.indexOf('--kills') + 1] || 30);
const seed = Number(process.env.SCM_SEED ?? Math.floor(Math.random() * 1e6));
const warmUpMs = 5_000;
const upWaitMs = 60_000;
/** Agents wait up to a minute before they repeat what failed for long. */
const settleWaitMs = 120_000;

Object.assign(process.env, {
  SCM_HOST_COLLECTOR: 'false',
  SCM_ACTOR_REQUESTS_PER_MINUTE: '10000000',
  SCM_ADDRESS_REQUESTS_PER_MINUTE: '10000000',
});
if (buildIsStale(clone)) await build(clone);
await sweepRuns(stateFolder(clone));
const folder = makeRunFolder(clone);
await claim(folder, path.basename(import.meta.filename));
const stack = new AsyncDisposableStack();
stack.defer(async () => {
  await sweepProcesses(folder);
  fs.rmSync(folder, { recursive: true, force: true });
});
try {
  await run();
} finally {
  await stack.disposeAsync();
}

async function run() {
  const { signal } = new AbortController();
  const { programs, skipped } = await findPrograms();
  const statsdPort = await freePort();
  Object.assign(process.env, { SCM_STATSD_PORT: String(statsdPort), SCM_STATSD_FLUSH_MS: '500' });
  const instance = await startInstance({ clone, folder, signal });
  stack.defer(() => instance.stop());
  const target = await startTarget();
  stack.defer(() => target.stop());
  const senders = [];
  for (const [name, program] of Object.entries(programs)) {
    const recorder = await recorderFor(instance);
    const agent = await startAgent({
      name,
      program,
      folder: makeFolder(path.join(folder, `sender-${name}`)),
      target: target.url,
      url: recorder.url,
    });
    senders.push({ name, recorder, stop: agent.stop });
  }
  for (const encoding of ['protobuf', 'json']) {
    const recorder = await recorderFor(instance);
    senders.push({ name: `otel-${encoding}`, recorder, ...(await startOtel({ encoding, url: recorder.url })) });
  }
  for (const { stop } of senders) stack.defer(stop);

  await sleep(warmUpMs);
  await killRepeatedly(instance, signal);
  const faults = [];
  for (const sender of senders) {
    const before = sender.recorder.acknowledged;
    await waitUntil(`${sender.name} to be heard again`, () => sender.recorder.acknowledged > before + 2, {
      timeoutMs: settleWaitMs,
    });
    await sender.stop();
  }
  for (const { name, recorder, totals } of senders) {
    const missing = await missingOf(recorder, instance);
    const spread = totals ? await spreadFaults(name, totals(), recorder, instance) : [];
    const { acknowledged, samples, refused, failed } = recorder;
    console.log(
      `${name}: ${acknowledged} requests and ${samples} samples acknowledged, ${failed} to be repeated, ${refused.length} refused, ${missing.length} missing`,
    );
    faults.push(...missing, ...refused, ...spread, ...(samples === 0 ? [`${name} sent nothing`] : []));
  }
  const StatsD = await findHotShots();
  if (StatsD) faults.push(...(await statsdFaults(StatsD, statsdPort, instance)));
  else skipped.push('hot-shots');
  for (const name of skipped) console.log(`${name} cannot be had here`);
  for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
  const failed = faults.length === 0 ? 0 : 1;
  console.log(
    `\nseed ${seed}: ${senders.length + (StatsD ? 1 : 0) - failed} passed, ${failed} failed, ${skipped.length} skipped`,
  );
  process.exitCode = failed;
}

/** metrics-ingest and Postgres in turn, each again when the one before is back. */
async function killRepeatedly({ processes }, signal) {
  const random = randomFrom(seed);
  for (let i = 0; i < kills; i++) {
    const victim = processes[i % 2 === 0 ? 'metrics-ingest' : 'postgres'];
    await sleep(random.between(200, 2_000), undefined, { signal });
    victim.kill();
    await waitUntil('the killed one to be back', () => victim.isUp(), { timeoutMs: upWaitMs, signal });
  }
  console.log(`killed ${kills} times`);
}

async function recorderFor({ gatewayUrl, apiKey }) {
  const recorder = await startRecorder(gatewayUrl, `Bearer ${apiKey}`);
  stack.defer(() => recorder.stop());
  return recorder;
}
