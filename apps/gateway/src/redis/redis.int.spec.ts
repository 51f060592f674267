import { afterAll, beforeAll, it } from '@jest/globals';
import { startRedis, waitFor, type TestRedis } from '@scm/testing';
import type { GatewayConfig } from '../config.js';
import { Redis } from './redis.js';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis({ redisUrl: server.url } as GatewayConfig);
  redis.onApplicationBootstrap();
});

afterAll(async () => {
  await redis.onModuleDestroy();
  await server.stop();
});

it('knows without being asked that Redis is frozen, gone, and back', async () => {
  await waitFor(() => redis.isUp);
  server.pause();
  await waitFor(() => !redis.isUp, { what: 'the freeze to be noticed' });
  server.resume();
  await waitFor(() => redis.isUp, { what: 'the end of the freeze to be noticed' });
  await server.kill();
  await waitFor(() => !redis.isUp, { what: 'the end of Redis to be noticed' });
  await server.restart();
  await waitFor(() => redis.isUp, { what: 'the new Redis to be noticed' });
});
