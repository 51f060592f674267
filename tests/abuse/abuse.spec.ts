import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_WORKSPACE_ID, eventSubject, NotifyApi, WorkflowEvents } from '@scm/contracts';
import { ContextSigner } from '@scm/policy';
import { waitFor } from '@scm/testing';
import { expectWell, send } from '../bad-input/doors.js';
import { authorization, pathFor, readRoutes, setStage, type Stage } from '../bad-input/routes.js';
import { startWholeMesh, type WholeMesh } from '../e2e/whole-mesh.js';
import { Bystander, residentMiB } from './bystander.js';
import { endAll, openCounting, openRaw, tally, type Counting } from './clients.js';

const MIB = 1_048_576;
const maxConnections = 3_000;

let scm: WholeMesh;
let stage: Stage;
let gatewayPid: number;

beforeAll(async () => {
  scm = await startWholeMesh({ SCM_MAX_CONNECTIONS: String(maxConnections) });
  stage = await setStage(scm);
  gatewayPid = scm.services.gateway?.pid ?? 0;
}, 60_000);

afterAll(async () => {
  endAll();
  await scm?.stop();
}, 30_000);

/** Does what must not hurt while a bystander works, and prints how it was answered and what it cost. */
async function abuse(what: string, attack: () => Promise<Record<string, unknown>>): Promise<void> {
  const before = residentMiB(gatewayPid);
  const bystander = new Bystander(scm, stage.token);
  const answered = await attack().finally(() => bystander.leave());
  const memory = `gateway ${before} -> ${residentMiB(gatewayPid)} MiB`;
  process.stderr.write(`abuse, ${what}: ${JSON.stringify(answered)}; ${bystander.figures}; ${memory}\n`);
  expect(bystander.failures).toEqual([]);
  await expectWell(scm);
}

it('a byte more than it takes to every door', async () => {
  const body = JSON.stringify({ x: 'x'.repeat(MIB + 1 - 8) });
  const posts = (await readRoutes(scm)).filter(({ method }) => method !== 'GET' && method !== 'DELETE');
  await abuse('a byte too many', async () => {
    const accept = 'application/json, text/event-stream';
    const statuses: number[] = [];
    for (const route of posts) {
      const headers = { ...authorization(route, stage), accept };
      const own = JSON.stringify({ x: 'x'.repeat(route.maxBytes + 1 - 8) });
      const asked = { method: route.method, path: pathFor(route, stage), headers, body: own };
      statuses.push((await send(scm.url, asked)).status);
    }
    const stream = await openCounting(scm.url, stage.apiKey);
    stream.socket.send(body);
    const answered = { http: tally(statuses), stream: await stream.closed, nats: await requestByNats(body) };
    expect(answered).toEqual({
      http: { 413: posts.length },
      stream: 1009,
      nats: { request: 400, most: 'Maximum Payload Violation' },
    });
    return answered;
  });
});

it('10,000 subscriptions of one socket, and over many', async () => {
  const subscribe = (client: Counting, from: number, to: number) => {
    for (let id = from; id < to; id++) client.send({ t: 'sub', id, ch: `run:${randomUUID()}` });
  };
  await abuse('10,000 subscriptions at once on one socket', async () => {
    const client = await openCounting(scm.url, stage.apiKey);
    subscribe(client, 0, 10_000);
    const closed = await client.closed;
    expect(closed).toBe(4029);
    return { closed };
  });
  await abuse('more subscriptions than a connection may have', async () => {
    const client = await openCounting(scm.url, stage.apiKey);
    subscribe(client, 0, 150);
    await waitFor(() => client.counts.subd === 150, { what: 'the first subscriptions' });
    await sleep(1_000);
    subscribe(client, 150, 300);
    await waitFor(() => (client.counts.subd ?? 0) + (client.counts.err ?? 0) === 300, { what: 'the other answers' });
    expect(client.counts.subd).toBe(200);
    expect(client.refusals).toEqual({ RESOURCE_EXHAUSTED: 100 });
    client.socket.terminate();
    return { subd: client.counts.subd, ...client.refusals };
  });
  await abuse('10,000 subscriptions over many sockets', async () => {
    const clients = await Promise.all(Array.from({ length: 60 }, () => openCounting(scm.url, stage.apiKey)));
    for (const client of clients) subscribe(client, 0, 180);
    const made = () => clients.reduce((sum, { counts }) => sum + (counts.subd ?? 0), 0);
    await waitFor(() => made() === 60 * 180, { what: 'all subscriptions', timeoutMs: 30_000 });
    for (const { socket } of clients) socket.terminate();
    return { subd: made() };
  });
}, 60_000);

it('1,000 messages a second from one socket', async () => {
  await abuse('1,000 frames a second', async () => {
    const client = await openCounting(scm.url, stage.apiKey);
    for (let sent = 0; sent < 1_000; sent++) client.send({ t: 'hb', n: sent });
    expect(await client.closed).toBe(4029);
    return { closed: await client.closed };
  });
  await abuse('1,000 pings a second', async () => {
    const client = await openCounting(scm.url, stage.apiKey);
    for (let sent = 0; sent < 1_000; sent++) client.socket.ping('x'.repeat(125));
    expect(await client.closed).toBe(4029);
    return { closed: await client.closed };
  });
});

it('more streams of one caller than it may have', async () => {
  await abuse('300 streams of one caller', async () => {
    const clients = await Promise.all(Array.from({ length: 300 }, () => openCounting(scm.url, stage.apiKey)));
    const isSettled = ({ counts, socket }: Counting) => counts.welcome === 1 || socket.readyState === socket.CLOSED;
    await waitFor(() => clients.every(isSettled), { what: 'an answer to each' });
    const welcome = clients.filter(({ counts }) => counts.welcome).length;
    const refused = clients.filter(({ counts }) => !counts.welcome);
    const answered = { welcome, ...tally(await Promise.all(refused.map(({ closed }) => closed))) };
    expect(answered).toEqual({ welcome: 250, 4029: 50 });
    for (const { socket } of clients) socket.terminate();
    return answered;
  });
});

it('what inflates to 50 MB', async () => {
  const spaces = Buffer.alloc(50_000_000, ' ');
  await abuse('a deflated frame of 50 MB', async () => {
    const client = await openCounting(scm.url, stage.apiKey, { perMessageDeflate: true }, '?z=1');
    expect(client.socket.extensions).toBe('permessage-deflate');
    client.socket.send(spaces, { binary: false, compress: true });
    expect(await client.closed).toBe(1009);
    return { closed: await client.closed };
  });
  await abuse('a gzipped body of 50 MB', async () => {
    const { socket, answer } = openRaw(scm.url);
    const bomb = gzipSync(spaces);
    const head = [
      'POST /api/v1/silences HTTP/1.1',
      'host: h',
      'content-type: application/json',
      'content-encoding: gzip',
    ];
    const more = [`authorization: Bearer ${stage.apiKey}`, `content-length: ${bomb.length}`, 'connection: close'];
    socket.write(Buffer.concat([Buffer.from(`${[...head, ...more].join('\r\n')}\r\n\r\n`), bomb]));
    const status = statusOf(await answer);
    expect(status).toBe(415);
    return { status };
  });
});

it('more requests at once than can be at work', async () => {
  await abuse('2,000 requests at once', async () => {
    const request = `GET /api/v1/alerts HTTP/1.1\r\nhost: h\r\nauthorization: Bearer ${stage.apiKey}\r\nconnection: close\r\n\r\n`;
    const asked = Array.from({ length: 2_000 }, () => openRaw(scm.url));
    for (const { socket } of asked) socket.write(request);
    const replies = await Promise.all(asked.map(({ answer }) => answer));
    const refused = replies.filter((reply) => statusOf(reply) !== 200);
    expect(refused.filter((reply) => ![429, 503].includes(statusOf(reply)))).toEqual([]);
    expect(refused.filter((reply) => !/^retry-after: \d+/im.test(reply))).toEqual([]);
    return tally(replies.map(statusOf));
  });
});

it('more idle sockets than are taken', async () => {
  await abuse(`${maxConnections + 500} idle sockets`, async () => {
    const idle: ReturnType<typeof openRaw>[] = [];
    // In waves: what overflows the kernel's queue is never seen by anyone.
    while (idle.length < maxConnections + 500) {
      const wave = Array.from({ length: 100 }, () => openRaw(scm.url));
      await Promise.all(wave.map(({ socket }) => once(socket, 'connect')));
      idle.push(...wave);
    }
    const ended = { count: 0 };
    for (const { answer } of idle) void answer.then(() => ended.count++);
    await waitFor(() => ended.count >= 500, { what: 'the refusals', timeoutMs: 20_000 });
    const refusedAtOnce = ended.count;
    await waitFor(() => ended.count === idle.length, { what: 'the end of all idle sockets', timeoutMs: 30_000 });
    return {
      refusedAtOnce,
      statuses: tally(await Promise.all(idle.map(async ({ answer }) => statusOf(await answer)))),
    };
  });
  await abuse('1,200 streams that do not say hello', async () => {
    const clients = await Promise.all(Array.from({ length: 1_200 }, () => openCounting(scm.url)));
    const polite = await openCounting(scm.url, stage.apiKey);
    await waitFor(() => polite.counts.welcome, { what: 'a welcome among strangers' });
    polite.socket.terminate();
    return tally(await Promise.all(clients.map(({ closed }) => closed)));
  });
}, 90_000);

it('what is slow: heads, bodies, and a client that stops reading', async () => {
  await abuse('slow heads, slow bodies and a client that stops reading', async () => {
    const heads = Array.from({ length: 50 }, () => drip('GET /livez HTTP/1.1\r\nx: '));
    const login =
      'POST /api/v1/auth/login HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n';
    const bodies = Array.from({ length: 300 }, () => drip(login));
    const reader = stopReading();
    const statuses = async (answers: Promise<string>[]) => tally((await Promise.all(answers)).map(statusOf));
    const answered = { heads: await statuses(heads), bodies: await statuses(bodies), ...(await reader) };
    expect(answered).toMatchObject({ heads: { 408: 50 }, bodies: { 408: 300 }, stopped: 1006, others: 5_000 });
    return answered;
  });
}, 120_000);

/** Sends a byte every half second until the gateway has had enough. */
async function drip(start: string): Promise<string> {
  const { socket, answer } = openRaw(scm.url);
  socket.write(start);
  const timer = setInterval(() => socket.writable && socket.write('x'), 500);
  return answer.finally(() => clearInterval(timer));
}

/** 50 MB of events to a subscriber that takes none of it, and to one that takes all. */
async function stopReading(): Promise<{ stopped: number; others: number; mostMiB: number }> {
  const [stopped, other] = [await openCounting(scm.url, stage.apiKey), await openCounting(scm.url, stage.apiKey)];
  for (const client of [stopped, other]) {
    client.send({ t: 'sub', id: 1, ch: 'runs:flood' });
    await waitFor(() => client.counts.subd, { what: 'the subscription' });
  }
  stopped.socket.pause();
  const before = residentMiB(gatewayPid);
  const nats = await openNats();
  const subject = eventSubject(WorkflowEvents.executionChanged, [DEFAULT_WORKSPACE_ID, 'flood', randomUUID()]);
  const payload = JSON.stringify({ filler: 'x'.repeat(10_000) });
  let mostMiB = 0;
  for (let sent = 0; sent < 5_000; sent += 50) {
    for (let i = 0; i < 50; i++) nats.publish(subject, payload);
    await nats.flush();
    await waitFor(() => (other.counts.ev ?? 0) >= sent - 500, { what: 'the other subscriber', timeoutMs: 20_000 });
    mostMiB = Math.max(mostMiB, residentMiB(gatewayPid));
  }
  await waitFor(() => other.counts.ev === 5_000, { what: 'every event at the other subscriber', timeoutMs: 20_000 });
  await nats.close();
  other.socket.terminate();
  expect(mostMiB - before).toBeLessThan(100);
  await waitFor(async () => (await streamsOpen()) === 0, { what: 'the slow stream to be ended', timeoutMs: 60_000 });
  // A client that does not read learns of its end when it reads on.
  stopped.socket.resume();
  return { stopped: await stopped.closed, others: other.counts.ev ?? 0, mostMiB };
}

async function streamsOpen(): Promise<number> {
  const { text } = await send(scm.url, { method: 'GET', path: '/metrics' });
  return Number(/^scm_stream_connections(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

async function openNats(): Promise<NatsConnection> {
  const { host, username } = new URL(scm.mesh.nats.url);
  return connect({ servers: host, ...(username && { token: username }) });
}

/** A request as large, and a message larger than NATS takes, which its client library would refuse to send. */
async function requestByNats(body: string): Promise<{ request: number; most: string }> {
  const nats = await openNats();
  const context = headers();
  const caller = { kind: 'api-key', id: 'k', name: 'k', workspaceId: DEFAULT_WORKSPACE_ID, role: 'admin' } as const;
  context.set('Scm-Context', await new ContextSigner(scm.mesh.contextKey('gateway')).sign(caller));
  const reply = await nats.request(NotifyApi.send.subject, body, { timeout: 5_000, headers: context });
  const tooMany = (nats.info?.max_payload ?? 0) + 1;
  await nats.close();
  const { host, username } = new URL(scm.mesh.nats.url);
  const { socket, answer } = openRaw(`http://${host}`);
  socket.write(`CONNECT ${JSON.stringify({ verbose: false, auth_token: username })}\r\n`);
  socket.write(`PUB ${NotifyApi.send.subject} ${tooMany}\r\n`);
  const [, most = ''] = /-ERR '([^']*)'/.exec(await answer) ?? [];
  return { request: Number(reply.headers?.get('Nats-Service-Error-Code')), most };
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}
