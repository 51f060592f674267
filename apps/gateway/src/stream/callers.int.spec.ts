import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '@scm/messaging';
import { startMesh, waitFor, type TestMesh, type TestService } from '@scm/testing';
import { AuthStandIn } from '../testing/auth-stand-in.js';
import { openStream, type StreamClient } from '../testing/stream-client.js';

const checkMs = 1_000;
const graceMs = 4_000;
const apiKey = 'scm_key_any';

let mesh: TestMesh;
let gateway: TestService;
let nc: NatsConnection;
let auth: AuthStandIn;

beforeAll(async () => {
  mesh = await startMesh();
  nc = await connectNats(mesh.nats.url, 'test');
  auth = new AuthStandIn(nc);
  const times = { SCM_STREAM_CHECK_MS: String(checkMs), SCM_STREAM_GRACE_MS: String(graceMs) };
  gateway = await mesh.start('gateway', { SCM_PORT: '0', SCM_STREAMS_PER_ACTOR: '3', ...times });
});

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
});

beforeEach(() => {
  auth.isRevoked = false;
  auth.role = 'viewer';
});

async function subscribed(): Promise<StreamClient> {
  // What the gateway remembers of the key goes away within seconds.
  return waitFor(
    async () => {
      const client = await openStream(gateway.port);
      await client.subscribe(apiKey, 'system');
      return client;
    },
    { timeoutMs: 15_000, what: 'the key to be good' },
  );
}

it('ends the streams of an API key that was revoked', async () => {
  const client = await subscribed();
  auth.isRevoked = true;
  expect(await client.closed).toBe(4501);
});

it('ends the subscriptions that a changed role does not allow, and says so', async () => {
  const client = await subscribed();
  auth.role = undefined;
  const ended = await client.wait('the end of the subscription', ({ t }) => t === 'unsubd');
  expect(ended).toMatchObject({ id: 1, ch: 'system', code: 'PERMISSION_DENIED' });
  client.send({ t: 'sub', id: 2, ch: 'system' });
  expect(await client.wait('the refusal', ({ id }) => id === 2)).toMatchObject({ t: 'err', code: 'PERMISSION_DENIED' });
  client.end();
});

it('lets streams go on while auth is away, and ends them when that lasts', async () => {
  const client = await subscribed();
  let hasEnded = false;
  void client.closed.then(() => (hasEnded = true));
  auth.leave();
  const since = Date.now();
  await waitFor(() => Date.now() - since > graceMs - checkMs, { what: 'most of the grace' });
  expect(hasEnded).toBe(false);
  auth.comeBack();
  const proved = Date.now();
  await waitFor(() => Date.now() - proved > graceMs + checkMs, { what: 'more than the grace' });
  expect(hasEnded).toBe(false);
  auth.leave();
  expect(await client.closed).toBe(1013);
  auth.comeBack();
});

it('bounds the open streams of one caller', async () => {
  const clients = [await subscribed(), await subscribed(), await subscribed()];
  const oneMore = await openStream(gateway.port);
  oneMore.send({ t: 'hello', v: 1, token: apiKey });
  expect(await oneMore.closed).toBe(4029);
  for (const client of clients) client.end();
  await waitFor(async () => (await subscribed()).end() === undefined, { what: 'a freed seat' });
});
