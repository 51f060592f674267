import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { AlertEvents, DEFAULT_WORKSPACE_ID, eventSubject, MetricsEvents, streams, SystemApi } from '@scm/contracts';
import { startMesh, waitFor, type TestMesh, type TestService } from '@scm/testing';
import { numbersIn, openStream, type StreamClient } from '../testing/stream-client.js';

const admin = { SCM_BOOTSTRAP_USERNAME: 'root', SCM_BOOTSTRAP_PASSWORD: 'correct horse battery' };

let mesh: TestMesh;
let gateway: TestService;
let nc: NatsConnection;
let token: string;

beforeAll(async () => {
  mesh = await startMesh();
  const started = ['auth', 'metrics-ingest', 'notifier'].map((name) => mesh.start(name, admin));
  [gateway] = await Promise.all([mesh.start('gateway', { SCM_PORT: '0' }), ...started]);
  nc = await connect({
    servers: `127.0.0.1:${mesh.nats.port}`,
    token: 'test',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  });
  const login = await post('/api/v1/auth/login', { username: 'root', password: admin.SCM_BOOTSTRAP_PASSWORD });
  token = login.accessToken ?? '';
});

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
});

async function post(path: string, body: object): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, string>;
}

async function subscribed(ch: string, options: object = {}): Promise<StreamClient> {
  const client = await openStream(gateway.port);
  await client.subscribe(token, ch, { sub: options });
  return client;
}

async function publish(subject: string, from: number, to: number): Promise<void> {
  const js = jetstream(nc);
  for (let n = from; n <= to; n++) {
    const id = `${subject}-${n}`;
    await waitFor(() => js.publish(subject, JSON.stringify({ n }), { msgID: id, timeout: 500 }), { what: id });
  }
}

const alerts = eventSubject(AlertEvents.changed, [DEFAULT_WORKSPACE_ID]);
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

describe('the stream', () => {
  it('leaves no consumer behind when a client has caught up', async () => {
    await publish(alerts, 1, 3);
    const jsm = await jetstreamManager(nc);
    const consumers = async () => (await jsm.streams.info(streams.alerts.name)).state.consumer_count;
    const before = await consumers();
    for (let i = 0; i < 5; i++) {
      const client = await subscribed('alerts', { since: 'start' });
      await waitFor(() => numbersIn(client.frames).length === 3, { what: 'the events since the start' });
      client.end();
    }
    await waitFor(async () => (await consumers()) <= before, { what: 'the consumers to be gone' });
  });

  it('forgets a client that left before its subscriptions were made', async () => {
    const { apiKey } = await post('/api/v1/api-keys', { name: 'hasty', role: 'viewer' });
    const client = await openStream(gateway.port);
    client.send({ t: 'hello', v: 1, token: apiKey });
    client.send({ t: 'sub', id: 1, ch: 'system' });
    client.end();
    let asked = 0;
    // While someone listens to the channel the gateway looks at the mesh every two seconds.
    nc.subscribe(SystemApi.status.subject, { callback: () => void asked++ });
    const since = Date.now();
    await waitFor(() => Date.now() - since > 5_000, { what: 'two looks at the mesh' });
    expect(asked).toBeLessThanOrEqual(1);
  });

  it('brings every event to its clients when NATS was killed', async () => {
    const client = await subscribed('alerts');
    await publish(alerts, 4, 10);
    await mesh.nats.kill();
    await mesh.nats.restart();
    await publish(alerts, 11, 60);
    await waitFor(() => numbersIn(client.frames).includes(60), { what: 'the last event', timeoutMs: 20_000 });
    expect(numbersIn(client.frames)).toEqual(upTo(60).slice(3));
    client.end();
  });

  it('goes on with a stream that NATS has lost', async () => {
    await publish(eventSubject(MetricsEvents.frameTaken, ['other', 'host']), 1, 500);
    const client = await subscribed('metrics:host');
    await mesh.nats.restart();
    await waitFor(() => client.frames.some(({ t, why }) => t === 'gap' && why === 'epoch'), {
      what: 'the new epoch',
      timeoutMs: 20_000,
    });
    const seen = numbersIn(client.frames).length;
    await waitFor(() => numbersIn(client.frames).length > seen + 2, { what: 'frames', timeoutMs: 20_000 });
    client.end();
  });
});
