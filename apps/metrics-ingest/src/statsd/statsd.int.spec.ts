import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { waitFor } from '@scm/testing';
import { startMetrics, type Metrics } from '../testing/metrics-fixture.js';
import type { VectorReply } from '../testing/samples.js';

jest.setTimeout(90_000);

let metrics: Metrics;
let port: number;

beforeAll(async () => {
  port = await freePort();
  const env = { SCM_STATSD_PORT: String(port), SCM_STATSD_FLUSH_MS: '200', SCM_HOST_COLLECTOR: 'false' };
  metrics = await startMetrics(env);
});

afterAll(async () => {
  await metrics?.stop();
});

it('adds up what comes over UDP and TCP, with the tags of DogStatsD', async () => {
  await overUdp(['requests:1|c|#method:get,beta', 'requests:2|c|@0.5|#method:get,beta\nqueue.length:7|g', 'rubbish']);
  await overTcp('queue.length:-2|g\nlatency:20:700|ms\nusers:a|s\nusers:b|s\nusers:a|s\nsize:3|h\n');
  await waitFor(async () => (await valueOf('requests_total{method="get",beta="true"}')) === '5', { timeoutMs: 30_000 });
  await waitFor(async () => (await valueOf('latency_seconds_count')) === '2', { timeoutMs: 30_000 });
  expect(await valueOf('queue_length')).toMatch(/^(5|7|-2)$/);
  expect(await valueOf('latency_seconds_bucket{le="0.025"}')).toBe('1');
  expect(await valueOf('latency_seconds_sum')).toBe('0.72');
  expect(await valueOf('size_bucket{le="5"}')).toBe('1');
  expect(await valueOf('max_over_time(users[5m])')).toBe('2');
  expect(await valueOf('scm_statsd_dropped_lines_total')).toBe('1');
});

async function valueOf(query: string): Promise<string | undefined> {
  const { body } = await metrics.ask<VectorReply>('metrics.v1.query', { query });
  return body.data.result[0]?.value[1];
}

async function overUdp(messages: string[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const message of messages) {
    await new Promise<void>((resolve, reject) => {
      socket.send(message, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  }
  socket.close();
}

async function overTcp(text: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(text);
  await once(socket, 'close');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return free;
}
