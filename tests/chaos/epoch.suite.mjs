import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { waitUntil } from '../../tools/launcher/wait.mjs';
import { Client } from './client.mjs';
import { startInstance } from './instance.mjs';
import { randomFrom } from './random.mjs';
import { startReceiver } from './receiver.mjs';
import { printCounts } from './report.mjs';
import { settle } from './settle.mjs';
import { openStream } from './stream.mjs';
import { prepare, workflow, Workload } from './workload.mjs';

const alert = 'ChaosGate';
const settleWaitMs = 60_000;

/**
 * An older store of NATS is put back: whoever reads a stream is told that it is another one, and what services were owed
 * by the lost part, tasks and an alert that nobody had read yet, reaches them all the same.
 */
export async function epochSuite({ clone, folder, seed, signal, log }) {
  const random = randomFrom(seed);
  const [before, lost, after] = [1, 2, 3].map(() => Math.floor(random.between(5, 20)));
  await using stack = new AsyncDisposableStack();
  const receiver = await startReceiver(randomFrom(seed + 1));
  stack.defer(() => receiver.stop());
  const instance = await startInstance({ clone, folder, signal, log });
  stack.defer(() => instance.stop());
  const { nats, notifier } = instance.processes;
  const client = new Client(instance.gatewayUrl, instance.apiKey, signal);
  const load = new Workload(client, `load-${seed}`);
  const context = { client, receiver, postgresUrl: instance.backends.postgres.url, workloads: [load] };
  const execute = async (count) => {
    const known = new Set(load.executions);
    for (let i = 0; i < count; i++) await load.startExecution();
    const { faults } = await settle(context, performance.now() + settleWaitMs, { signal, log });
    return { ids: [...load.executions.difference(known)], faults };
  };

  await prepare(client, receiver.url);
  await client.insist('POST', '/api/v1/rules', { body: { alert, expr: 'chaos_gate > 0' } });
  const [staying, leaving] = [await openRuns(instance, stack), await openRuns(instance, stack)];
  const first = await execute(before);
  await copyStore(nats, folder);
  const second = await execute(lost);
  await waitUntil('the stream to bring both', () => ended(staying, [...first.ids, ...second.ids]), { signal });
  const left = { epoch: leaving.subscribed.epoch, seq: leaving.lastSeq() };
  leaving.close();

  notifier.pause();
  const gate = { labels: { __name__: 'chaos_gate' }, samples: [[Date.now(), 1]] };
  await client.insist('POST', '/api/v1/metrics', { body: { series: [gate] } });
  await waitUntil('the alert to be published', () => isPublished(context.postgresUrl), { signal });
  await nats.whileDown(() => restoreStore(folder));
  await waitUntil('NATS to run again', nats.isUp, { signal });
  notifier.resume();

  const told = await waitUntil('the loss to be declared', () => staying.gaps()[0], { signal });
  const third = await execute(after);
  await waitUntil('the new stream to bring what is new', () => ended(staying, third.ids), { signal });
  const back = await openRuns(instance, stack, left);
  const noticed = await waitUntil('the loss to be declared to who comes back', () => back.gaps()[0], { signal });
  const alerts = await waitUntil('the alert', () => alertsNamed(client), { signal });
  const notified = await waitUntil('its notification', () => notificationsOf(client), { signal });
  printCounts(`epoch of seed ${seed}`, {
    'executions before the copy, lost with it, after': [before, lost, after].join(', '),
    'epoch before': left.epoch,
    'epoch after': told.epoch,
    'frame that declared it': JSON.stringify(told),
    'to who came back': JSON.stringify(noticed),
    'alerts in a stream that was lost, told': `${alerts.length}, ${notified.length} notifications`,
    effects: receiver.effects.size,
    'effects repeated, same key': receiver.counts.effects - receiver.effects.size,
  });
  return [
    ...[first, second, third].flatMap(({ faults }) => faults),
    ...(told.why === 'epoch' && told.epoch !== left.epoch ? [] : ['no new epoch was declared']),
    ...(noticed.why === 'epoch' && !back.subscribed.recovered ? [] : ['who came back was told nothing of the loss']),
    ...(back.subscribed.epoch === told.epoch ? [] : ['two clients were told of different epochs']),
    ...(staying.isOpen() ? [] : ['the connection of who stayed was closed']),
    ...(alerts.length === 1 && notified.length === 1 ? [] : ['an alert was told twice']),
    ...client.unexpected,
  ];
}

async function openRuns(instance, stack, since) {
  const client = await openStream(instance, `runs:${workflow}`, since);
  stack.defer(() => client.close());
  return client;
}

/** Whether a client has seen all of these executions end. */
function ended(client, ids) {
  const seen = new Set(
    client
      .events()
      .flatMap(({ executionId, type }) => (/^execution\.(completed|faulted)$/.test(type) ? executionId : [])),
  );
  return ids.every((id) => seen.has(id));
}

const storeIn = (folder) => path.join(folder, 'nats', 'jetstream');
const copyIn = (folder) => path.join(folder, 'older-jetstream');

/** Copies the store at one moment: its writer stands still meanwhile. */
async function copyStore(nats, folder) {
  nats.pause();
  try {
    fs.cpSync(storeIn(folder), copyIn(folder), { recursive: true });
  } finally {
    nats.resume();
  }
}

async function restoreStore(folder) {
  fs.rmSync(storeIn(folder), { recursive: true });
  fs.renameSync(copyIn(folder), storeIn(folder));
}

async function isPublished(postgresUrl) {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select 1 from metrics.event_outbox where payload ->> 'alertName' = $1 and published_seq is not null`,
      [alert],
    );
    return rows.length > 0;
  } finally {
    await client.end();
  }
}

async function alertsNamed(client) {
  const { items } = await client.insist('GET', '/api/v1/alerts?limit=200');
  const ours = items.filter(({ name }) => name === alert);
  return ours.length > 0 && ours;
}

async function notificationsOf(client) {
  const { items } = await client.insist('GET', '/api/v1/notifications?limit=200');
  const ours = items.filter(({ title, topic }) => topic === 'alert.fired' && title.endsWith(alert));
  return ours.length > 0 && ours;
}
