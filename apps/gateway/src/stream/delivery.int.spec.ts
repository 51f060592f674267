import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { DEFAULT_WORKSPACE_ID, eventSubject, WorkflowEvents } from '@scm/contracts';
import { connectNats, ensureStreams } from '@scm/messaging';
import { startMesh, waitFor, type TestMesh, type TestService } from '@scm/testing';
import { AuthStandIn } from '../testing/auth-stand-in.js';
import { numbersIn, openStream, type StreamClient } from '../testing/stream-client.js';

const apiKey = 'scm_key_any';

let mesh: TestMesh;
let gateway: TestService;
let nc: NatsConnection;

beforeAll(async () => {
  mesh = await startMesh();
  nc = await connectNats(mesh.nats.url, 'test');
  await ensureStreams(nc, 'workflow-orchestrator');
  const auth = new AuthStandIn(nc);
  auth.role = 'viewer';
  gateway = await mesh.start('gateway', { SCM_PORT: '0' });
});

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
});

/** A channel of the test's own, and what stores events in it: `n` counts from 1. */
function channelOf(workflow: string) {
  let n = 0;
  const subject = eventSubject(WorkflowEvents.executionChanged, [DEFAULT_WORKSPACE_ID, workflow, 'e1']);
  const publish = async (count: number, filler = '') => {
    const js = jetstream(nc);
    const next = () => js.publish(subject, JSON.stringify({ n: ++n, filler }));
    for (let left = count; left > 0; left -= 100) await Promise.all(Array.from({ length: Math.min(left, 100) }, next));
  };
  return { name: `runs:${workflow}`, publish };
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
const eventTexts = ({ texts }: StreamClient) => texts.filter((text) => text.startsWith('{"t":"ev"'));
const hasAll = (client: StreamClient, last: number) =>
  waitFor(() => numbersIn(client.frames).at(-1) === last, { what: `event ${last}`, timeoutMs: 20_000 });

/** Each frame goes on where the one before it ended. */
function expectNoHole(client: StreamClient): void {
  const frames = client.frames.filter(({ t }) => t === 'ev');
  const holes = frames.slice(1).filter(({ p }, i) => p !== frames[i]?.s?.at(-1));
  expect(holes).toEqual([]);
}

it('gathers the events of a tick in one frame, the same one for every subscriber', async () => {
  const { name, publish } = channelOf('gathered');
  const clients = await Promise.all(upTo(3).map(() => openStream(gateway.port)));
  await Promise.all(clients.map((client) => client.subscribe(apiKey, name)));
  await publish(500);
  await Promise.all(clients.map((client) => hasAll(client, 500)));
  const [first, ...others] = clients.map(eventTexts);
  for (const client of clients) {
    expect(numbersIn(client.frames)).toEqual(upTo(500));
    expectNoHole(client);
    client.end();
  }
  expect(first?.length).toBeLessThan(500);
  for (const texts of others) expect(texts).toEqual(first);
});

it.each([
  ['a client that asks', '?z=1', true, 'permessage-deflate'],
  ['a client that only could', '', true, ''],
  ['a client that cannot', '?z=1', false, ''],
])('deflates for %s', async (workflow, query, perMessageDeflate, extensions) => {
  const { name, publish } = channelOf(workflow.replaceAll(' ', '-') + query.length);
  const client = await openStream(gateway.port, query, { perMessageDeflate });
  expect(client.socket.extensions).toBe(extensions);
  await client.subscribe(apiKey, name);
  await publish(20, 'x'.repeat(2_000));
  await publish(5);
  await hasAll(client, 25);
  expect(numbersIn(client.frames)).toEqual(upTo(25));
  client.end();
});

it('never sends more than the credit of a client, and goes on when it acknowledges', async () => {
  const { name, publish } = channelOf('credit');
  const client = await openStream(gateway.port);
  await client.subscribe(apiKey, name, { hello: { win: 10 } });
  await publish(95);
  for (let acknowledged = 0; acknowledged < 90; acknowledged += 10) {
    await hasAll(client, acknowledged + 10);
    await sleep(20);
    expect(numbersIn(client.frames)).toHaveLength(acknowledged + 10);
    const seq = client.frames.findLast(({ t }) => t === 'ev')?.s?.at(-1);
    client.send({ t: 'ack', ch: name, seq });
  }
  await hasAll(client, 95);
  expectNoHole(client);
  client.end();
});

it('sends the newest value only, ten times a second, to who wants no more', async () => {
  const { name, publish } = channelOf('newest');
  const client = await openStream(gateway.port);
  await client.subscribe(apiKey, name, { sub: { mode: 'latest' } });
  const startedMs = Date.now();
  await publish(1_000);
  await hasAll(client, 1_000);
  expect(eventTexts(client).length).toBeLessThan(3 + (Date.now() - startedMs) / 100);
  client.end();
});

it('keeps nothing for a client that stops reading, and brings it everything once it reads', async () => {
  const { name, publish } = channelOf('stopped');
  const [slow, other] = [await openStream(gateway.port), await openStream(gateway.port)];
  await slow.subscribe(apiKey, name);
  await other.subscribe(apiKey, name);
  slow.socket.pause();
  await publish(2_000, 'x'.repeat(10_000));
  await hasAll(other, 2_000);
  expect(numbersIn(slow.frames).length).toBeLessThan(2_000);
  slow.socket.resume();
  await hasAll(slow, 2_000);
  for (const client of [slow, other]) {
    expect(numbersIn(client.frames)).toEqual(upTo(2_000));
    expectNoHole(client);
    client.end();
  }
});
