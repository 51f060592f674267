import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../tools/launcher/wait.mjs';
import { makeFolder } from '../../tools/provision/places.mjs';
import { sampleFaults } from './check.mjs';
import { Client, listAll } from './client.mjs';
import { Disk } from './disk.mjs';
import { startInstance } from './instance.mjs';
import { allStopped, signalAll, treeOf, userOf } from './processes.mjs';
import { randomFrom } from './random.mjs';
import { startReceiver } from './receiver.mjs';
import { printCounts } from './report.mjs';
import { settle } from './settle.mjs';
import { prepare, Workload } from './workload.mjs';

const perSecond = { executions: 20, samples: 10_000, notifications: 20 };
const settleWaitMs = 60_000;

/**
 * One loss of power while everything is being written to: all stores stand on one disk, which is copied as it is; what was
 * acknowledged before must be there after a restart on the copy.
 */
export async function powerLossSuite({ clone, folder, seed, signal, log }) {
  const random = randomFrom(seed);
  const [loadMs, emptiesJetStream] = [random.between(1_500, 5_000), random.chance(0.5)];
  await using stack = new AsyncDisposableStack();
  const receiver = await startReceiver(randomFrom(seed + 1));
  stack.defer(() => receiver.stop());
  const disk = new Disk(folder);
  stack.defer(() => disk.unmount());
  await disk.make();
  const data = makeFolder(path.join(disk.mountpoint, 'data'));

  const first = await startInstance({ clone, folder: data, signal, log });
  stack.defer(() => first.stop());
  const cut = new AbortController();
  const client = new Client(first.gatewayUrl, first.apiKey, AbortSignal.any([signal, cut.signal]));
  await prepare(client, receiver.url);
  // How the instance was set up is not what is tried.
  await disk.sync();
  const load = new Workload(client, `load-${seed}`);
  const made = new Makings(client, receiver.url);
  const writing = Promise.allSettled([load.run({ signal: cut.signal, perSecond }), made.run(cut.signal)]);
  await sleep(loadMs, undefined, { signal });

  const pids = Object.values(first.processes).flatMap(({ pid }) => treeOf(pid));
  const violations = unprivileged(first);
  signalAll(pids, 'SIGSTOP');
  await waitUntil('every process to stand still', () => allStopped(pids), { everyMs: 5, signal });
  await disk.copyOfNow();
  await first.cutOff();
  cut.abort();
  await writing;
  await disk.replaceByCopy();
  if (emptiesJetStream) fs.rmSync(path.join(data, 'nats', 'jetstream'), { recursive: true });

  const second = await startInstance({ clone, folder: data, signal, log });
  stack.defer(() => second.stop());
  const startedMs = performance.now();
  const after = new Client(second.gatewayUrl, second.apiKey, signal);
  const context = { client: after, receiver, postgresUrl: second.backends.postgres.url, workloads: [load] };
  const settled = await settle(context, startedMs + settleWaitMs, { signal, log });
  const samples = await sampleFaults(after, [load], 20);
  printCounts(`power loss of seed ${seed}`, {
    'cut after, ms': Math.round(loadMs),
    'JetStream after it': emptiesJetStream ? 'emptied too' : 'as on the disk',
    'samples acknowledged': load.sampleCount,
    'samples read': samples.read,
    'rules, webhooks, users acknowledged': made.count(),
    ...settled.counts,
    'settled after the restart, s': ((settled.atMs - startedMs) / 1_000).toFixed(1),
  });
  if (load.sampleCount === 0 || load.executions.size === 0 || load.notifications.size === 0 || made.count() === 0) {
    violations.push('nothing was acknowledged before the cut');
  }
  return [...violations, ...settled.faults, ...samples.faults, ...(await made.faults(after)), ...after.unexpected];
}

/** Postgres refuses to be root, and what it must not be it shall not be by accident either. */
function unprivileged({ processes }) {
  return userOf(processes.postgres.pid) === 0 ? ['Postgres runs as root'] : [];
}

/** What people make: rules, webhooks, users; with a ledger of the ids that were acknowledged. */
class Makings {
  acknowledged = { rules: new Set(), webhooks: new Set(), users: new Set() };

  constructor(client, receiverUrl) {
    this.client = client;
    this.bodies = {
      rules: (n) => ({ alert: `Chaos${n}`, expr: `chaos_none > ${n}` }),
      webhooks: (n) => ({ url: `${receiverUrl}/hook`, topics: [`none.${n}`] }),
      users: (n) => ({ username: `user-${n}`, password: `a password of ${n}`, role: 'viewer' }),
    };
  }

  run(signal) {
    return Promise.all(Object.keys(this.bodies).map((kind) => this.makeAll(kind, signal)));
  }

  async makeAll(kind, signal) {
    for (let n = 1; !signal.aborted; n++) {
      const request = { body: this.bodies[kind](n), key: `${kind}-${n}` };
      const { id } = await this.client.insist('POST', `/api/v1/${kind}`, request);
      this.acknowledged[kind].add(id);
    }
  }

  count() {
    return Object.values(this.acknowledged).reduce((sum, ids) => sum + ids.size, 0);
  }

  async faults(client) {
    const missing = await Promise.all(
      Object.entries(this.acknowledged).map(async ([kind, ids]) => {
        const there = new Set((await listAll(client, `/api/v1/${kind}`)).map(({ id }) => id));
        return [...ids].filter((id) => !there.has(id)).map((id) => `${kind}: ${id} is missing`);
      }),
    );
    return missing.flat();
  }
}
