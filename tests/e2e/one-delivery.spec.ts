import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { waitFor } from '@scm/testing';
import { startWholeMesh, type WholeMesh } from './whole-mesh.js';

interface Received {
  id: string;
  type: string;
  status: number;
}

const received: Received[] = [];
/** Refuses the first request, and takes what comes then. */
const receiver = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    const status = received.length === 0 ? 500 : 200;
    const { type } = JSON.parse(text) as { type: string };
    received.push({ id: String(request.headers['webhook-id']), type, status });
    response.writeHead(status).end();
  });
});
const notifierEnv = { SCM_EGRESS_ALLOW: '127.0.0.1', SCM_DELIVERY_SCHEDULE_SECONDS: '0.5,0.5,0.5' };
let scm: WholeMesh;

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  scm = await startWholeMesh((service) => (service === 'notifier' ? notifierEnv : { SCM_HOST_COLLECTOR: 'false' }));
  await Promise.all([
    ...[1, 2].map(() => scm.mesh.start('metrics-ingest', { SCM_HOST_COLLECTOR: 'false' })),
    ...[1, 2].map(() => scm.mesh.start('notifier', notifierEnv)),
  ]);
}, 120_000);

afterAll(async () => {
  await scm?.stop();
  receiver.closeAllConnections();
  receiver.close();
}, 30_000);

it('delivers an alert once, with three replicas of each service and a receiver that fails at first', async () => {
  const token = await scm.login();
  const call = async (method: string, path: string, body: object) => {
    const answer = await scm.call(method, `/api/v1/${path}`, { token, body });
    expect([path, answer.status < 300]).toEqual([path, true]);
  };
  const send = (value: number) =>
    call('POST', 'metrics', { series: [{ labels: { __name__: 'queue' }, samples: [[Date.now(), value]] }] });
  const { port } = receiver.address() as AddressInfo;
  await call('POST', 'webhooks', { url: `http://127.0.0.1:${port}/hook`, topics: ['alert.*'] });
  const rules = [{ alert: 'QueueLong', expr: 'queue > 100' }];
  await call('PUT', 'rule-files/queue', { document: { groups: [{ name: 'queue', interval: '1s', rules }] } });
  await send(200);
  await waitFor(() => received.length === 2, { timeoutMs: 30_000, what: 'the second try' });
  // What is told of its end comes after all that is told of its beginning.
  await send(1);
  await waitFor(() => received.some(({ type }) => type !== received[0]?.type), { timeoutMs: 30_000, what: 'the end' });
  const [fired, again, resolved, ...more] = received;
  expect([fired?.status, again?.status, resolved?.status, more]).toEqual([500, 200, 200, []]);
  expect([again?.id, again?.type]).toEqual([fired?.id, fired?.type]);
  expect(resolved?.id).not.toBe(fired?.id);
}, 120_000);
