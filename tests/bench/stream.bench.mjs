import { randomInt, randomUUID } from 'node:crypto';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import WebSocket from 'ws';
import { WorkflowEvents, streams } from '@scm/contracts';
import { withCpu } from './cpu.mjs';
import { loops } from './load.mjs';
import { startPeer } from './peer.mjs';
import { row } from './report.mjs';
import { median, repeat } from './statistics.mjs';
import { countBytes, subscribe } from './subscriber.mjs';

const workflow = 'bench-stream';
const document = {
  document: { dsl: '1.0.3', namespace: 'bench', name: workflow, version: '1.0.0' },
  do: [{ one: { call: 'processing', with: { operations: [] } } }],
};
/** How many events of each run, by the number of subscribers: about a second's work each. */
const eventsFor = { 1: 3_000, 10: 3_000, 100: 2_000 };
/** Events on their way at once, so that no client falls behind. */
const window = 200;

/**
 * Events of one execution through the gateway to its subscribers, plain and deflated, beside a bare WebSocket server that
 * sends each subscriber one frame an event.
 */
export async function benchStream(product) {
  const { natsUrl, pids, call } = product;
  const { hostname, port, username } = new URL(natsUrl);
  const nc = await connect({ servers: `${hostname}:${port}`, token: username });
  const peer = await startPeer('sockets');
  try {
    const event = await realEvent(nc, call);
    const channel = `runs:${workflow}`;
    const publish = () => {
      const { subject, payload } = another(event);
      nc.publish(subject, payload);
    };
    const fromGateway = (query) => ({
      pids: { gateway: pids.gateway },
      open: (onFrame) => subscribe(product, channel, onFrame, query),
      publish: (count) => repeat(publish, count),
    });
    const fromPeer = (frame) => ({
      pids: { gateway: peer.pid },
      open: (onFrame) => openBare(peer.url, onFrame),
      publish: async (count) => peer.send({ frames: Array(count).fill(frame) }),
    });
    const js = jetstream(nc);
    const store = () => js.publish(event.subject, event.payload);
    const rows = [];
    for (const [subscribers, events] of Object.entries(eventsFor)) {
      const runs = await repeat(async () => {
        const size = { subscribers: Number(subscribers), events };
        const served = await fanOut(fromGateway(''), size);
        const deflated = await fanOut(fromGateway('?z=1'), size);
        const bare = await fanOut(fromPeer(ofOneEvent(served.frame)), size);
        return { served, deflated, bare, store: await loops(store, { width: window, seconds: 0.5 }) };
      });
      rows.push(...rowsOf(subscribers, runs));
    }
    return rows;
  } finally {
    await peer.stop();
    await nc.close();
  }
}

/** An event as the orchestrator published it: the bench publishes the same ones again. */
async function realEvent(nc, call) {
  await call('POST', '/api/v1/workflows', { document });
  const { executionId } = await call('POST', `/api/v1/workflows/${workflow}/executions`, {});
  const manager = await jetstreamManager(nc);
  const filter = `${WorkflowEvents.executionChanged.subject}.*.${workflow}.${executionId}`;
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const { status } = await call('GET', `/api/v1/executions/${executionId}`);
    const stored = status === 'completed' && (await last(manager, filter));
    if (stored) return { executionId, subject: stored.subject, payload: stored.string() };
  }
  throw new Error('the execution did not end in 10 s');
}

/** The event of another execution, as an event of a busy workflow would be. */
function another({ executionId, subject, payload }) {
  const id = randomUUID();
  const event = { ...JSON.parse(payload), executionId: id, seq: randomInt(100), at: new Date().toISOString() };
  return { subject: subject.replace(executionId, id), payload: JSON.stringify(event) };
}

const last = (manager, filter) =>
  manager.streams.getMessage(streams.workflow.name, { last_by_subj: filter }).catch(() => undefined);

/** Sends `events` to each of the subscribers; resolves when the last one has them all. */
async function fanOut(source, { subscribers, events }) {
  const got = Array.from({ length: subscribers }, () => 0);
  const seen = { frames: 0, frame: '' };
  let wake = () => {};
  const count = (index) => (data) => {
    got[index] += eventsIn(data);
    seen.frames++;
    seen.frame ||= data.toString();
    wake();
  };
  const clients = await Promise.all(got.map((_, index) => source.open(count(index))));
  const work = async () => {
    let sent = 0;
    while (Math.min(...got) < events) {
      const room = Math.min(events - sent, window - (sent - Math.min(...got)));
      if (room >= window / 4 || room === events - sent) {
        await source.publish(room);
        sent += room;
      }
      await new Promise((resolve) => (wake = resolve));
    }
  };
  const { elapsedMs, total } = await withCpu(source.pids, work);
  const bytes = clients.reduce((sum, client) => sum + client.bytes(), 0);
  for (const client of clients) client.close();
  return {
    frame: seen.frame,
    perSecond: (events * 1_000) / elapsedMs,
    bytes: bytes / (events * subscribers),
    batch: (events * subscribers) / seen.frames,
    cpuMicros: (total * 1_000_000) / (events * subscribers),
  };
}

/** What one frame an event would be. */
function ofOneEvent(text) {
  const frame = JSON.parse(text);
  return JSON.stringify({ ...frame, s: frame.s.slice(0, 1), d: frame.d.slice(0, 1) });
}

/** How many events a frame has, without the cost of parsing it: the numbers of its field `s`. */
function eventsIn(data) {
  const start = data.indexOf('"s":[');
  if (start < 0) return 0;
  const end = data.indexOf(']', start);
  let count = 1;
  for (let at = start; at < end; at++) if (data[at] === 0x2c) count++;
  return count;
}

async function openBare(url, onFrame) {
  const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false });
  const bytes = countBytes(socket);
  socket.on('message', onFrame);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { bytes, close: () => socket.terminate() };
}

function rowsOf(subscribers, runs) {
  const of = (side, key) => median(runs.map((run) => run[side][key]));
  const compared = (name, key, unit) =>
    row(`to ${subscribers}: ${name}`, of('served', key), unit, 'bare WebSocket server', of('bare', key));
  const bare = of('bare', 'perSecond');
  const stored = median(runs.map(({ store }) => store.perSecond));
  const slower =
    stored < bare ? 'the slower peer, acknowledged publishes to NATS' : 'the slower peer, bare WebSocket server';
  return [
    row(`to ${subscribers}: events`, of('served', 'perSecond'), '/s', slower, Math.min(stored, bare)),
    row(`to ${subscribers}: events, deflated`, of('deflated', 'perSecond'), '/s', slower, Math.min(stored, bare)),
    row(`to ${subscribers}: events a frame`, of('served', 'batch'), ''),
    compared('bytes on the wire', 'bytes', 'B/event'),
    row(
      `to ${subscribers}: bytes on the wire, deflated`,
      of('deflated', 'bytes'),
      'B/event',
      'plain',
      of('served', 'bytes'),
    ),
    compared('gateway CPU', 'cpuMicros', 'µs/event/subscriber'),
    row(
      `to ${subscribers}: gateway CPU, deflated`,
      of('deflated', 'cpuMicros'),
      'µs/event/subscriber',
      'plain',
      of('served', 'cpuMicros'),
    ),
  ];
}
