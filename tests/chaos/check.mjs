import pg from 'pg';
import { schemas } from '../../tools/launcher/services.mjs';
import { listAll } from './client.mjs';
import { workflow } from './workload.mjs';

const ended = ['completed', 'faulted', 'cancelled'];

/** What is not yet as it must be in the end, as texts; what is wrong now may be right a moment later. */
export async function unsettled({ client, workloads, receiver, postgresUrl }) {
  const [executions, notifications, deliveries, owed] = await Promise.all([
    listAll(client, '/api/v1/executions'),
    listAll(client, '/api/v1/notifications'),
    listAll(client, '/api/v1/deliveries'),
    owedRows(postgresUrl),
  ]);
  const ours = executions.filter((execution) => execution.workflow === workflow);
  const faults = [
    ...executionFaults(ours, workloads),
    ...effectFaults(ours, receiver),
    ...notificationFaults(notifications, workloads, ours),
    ...deliveryFaults(deliveries, notifications, receiver),
    ...(owed > 0 ? [`${owed} events or audit rows are owed`] : []),
  ];
  const count = (list, field, value) => list.filter((item) => item[field] === value).length;
  const counts = {
    'executions accepted': sum(workloads.map((load) => load.executions.size)),
    'executions completed': count(ours, 'status', 'completed'),
    'executions faulted': count(ours, 'status', 'faulted'),
    effects: receiver.effects.size,
    'effects repeated, same key': receiver.counts.effects - receiver.effects.size,
    'notifications accepted': sum(workloads.map((load) => load.notifications.size)),
    'notifications of steps': count(notifications, 'topic', 'chaos.shipped'),
    'deliveries confirmed': count(deliveries, 'state', 'confirmed'),
    'deliveries dead-lettered': count(deliveries, 'state', 'dead-lettered'),
  };
  return { faults, counts };
}

function executionFaults(executions, workloads) {
  const statuses = new Map(executions.map(({ id, status }) => [id, status]));
  const accepted = workloads.flatMap((load) => [...load.executions]);
  return [
    ...some(
      accepted.filter((id) => !statuses.has(id)),
      'accepted executions are missing',
    ),
    ...some(
      executions.filter(({ status }) => !ended.includes(status)).map(({ id }) => id),
      'executions have not ended',
    ),
  ];
}

/** Every step of a completed execution had its effect, and no effect came under two keys. */
function effectFaults(executions, { effects }) {
  const wanted = executions
    .filter(({ status }) => status === 'completed')
    .flatMap(({ id }) => [`${id}/charge`, `${id}/ship`]);
  const twice = [...effects].filter(([, keys]) => keys.size > 1).map(([name]) => name);
  return [
    ...some(
      wanted.filter((name) => !effects.has(name)),
      'effects of completed executions never happened',
    ),
    ...some(twice, 'effects happened under different keys'),
  ];
}

function notificationFaults(notifications, workloads, executions) {
  const known = new Set(notifications.map(({ id }) => id));
  const accepted = workloads.flatMap((load) => [...load.notifications]);
  const shipped = notifications.filter(({ topic }) => topic === 'chaos.shipped').length;
  const completed = executions.filter(({ status }) => status === 'completed').length;
  return [
    ...some(
      accepted.filter((id) => !known.has(id)),
      'accepted notifications are missing',
    ),
    ...(shipped < completed ? [`${completed} executions completed, ${shipped} told so`] : []),
    ...(shipped > executions.length ? [`${shipped} notifications of ${executions.length} executions`] : []),
  ];
}

function deliveryFaults(deliveries, notifications, { delivered }) {
  const told = new Set(deliveries.map(({ notificationId }) => notificationId));
  const open = deliveries.filter(({ state }) => state !== 'confirmed' && state !== 'dead-lettered');
  const silent = deliveries.filter(({ state, reason }) => state === 'dead-lettered' && !reason);
  const unseen = deliveries.filter(
    ({ state, channel, notificationId }) =>
      state === 'confirmed' && channel === 'webhook' && !delivered.has(notificationId),
  );
  const ids = (list) => list.map(({ id, state, attempts }) => `${id} ${state} ${attempts}`);
  return [
    ...some(
      notifications.filter(({ id }) => !told.has(id)).map(({ id }) => id),
      'notifications have no delivery',
    ),
    ...some(ids(open), 'deliveries are open'),
    ...some(ids(silent), 'deliveries are dead-lettered without a reason'),
    ...some(ids(unseen), 'deliveries are confirmed that no target has confirmed'),
  ];
}

/** Compares every acknowledged sample with what queries give: it is there, once, with its value. */
export async function sampleFaults(client, workloads, minutes) {
  let read = 0;
  const faults = [];
  for (const load of workloads) {
    for (const [key, wanted] of load.samples) {
      const query = new URLSearchParams({ query: load.selectorOf(key, minutes) });
      const { data } = await client.insist('GET', `/prometheus/api/v1/query?${query}`);
      const values = data.result.flatMap((series) => series.values);
      read += values.length;
      faults.push(...seriesFaults(`${load.name}/${key}`, wanted, values));
    }
  }
  return { faults, read };
}

function seriesFaults(name, wanted, values) {
  const found = new Map(values.map(([seconds, value]) => [Math.round(seconds * 1_000), Number(value)]));
  const missing = [...wanted].filter(([time, value]) => found.get(time) !== value).length;
  return [
    ...(missing > 0 ? [`${name}: ${missing} of ${wanted.size} samples are missing or wrong`] : []),
    ...(found.size < values.length ? [`${name}: ${values.length - found.size} samples are read twice`] : []),
  ];
}

/** What services still owe to their streams and to the audit. */
async function owedRows(postgresUrl) {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    const tables = Object.values(schemas).flatMap((schema) => [
      `(select count(*) from ${schema}.event_outbox where published_seq is null)`,
      `(select count(*) from ${schema}.audit_events where collected_at is null)`,
    ]);
    const { rows } = await client.query(`select ${tables.join(' + ')} as owed`);
    return Number(rows[0].owed);
  } finally {
    await client.end();
  }
}

const some = (list, what) => (list.length > 0 ? [`${list.length} ${what}: ${list.slice(0, 3).join(', ')}`] : []);

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
