import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startMesh, startRedis, waitFor, type TestMesh, type TestRedis, type TestService } from '@scm/testing';

const admin = { SCM_BOOTSTRAP_USERNAME: 'root', SCM_BOOTSTRAP_PASSWORD: 'correct horse battery' };
const limits = {
  SCM_ACTOR_REQUESTS_PER_MINUTE: '20',
  SCM_ADDRESS_REQUESTS_PER_MINUTE: '15',
  SCM_LOGINS_PER_MINUTE: '5',
};

let mesh: TestMesh;
let redis: TestRedis;
let gateways: TestService[];
let tokens: string[];

async function get(gateway: number, path: string, token?: string): Promise<Response> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  return fetch(`http://127.0.0.1:${gateways[gateway]?.port}${path}`, { headers });
}

function login(username: string, password: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${gateways[0]?.port}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
}

beforeAll(async () => {
  [mesh, redis] = await Promise.all([startMesh(), startRedis()]);
  await mesh.start('auth', admin);
  const env = { ...limits, SCM_PORT: '0', SCM_REDIS_URL: redis.url, SCM_CORS_ORIGINS: 'https://ui.example' };
  gateways = await Promise.all([mesh.start('gateway', env), mesh.start('gateway', env)]);
  const first = ((await (await login('root', admin.SCM_BOOTSTRAP_PASSWORD)).json()) as { accessToken: string })
    .accessToken;
  const keys = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => {
      const made = await fetch(`http://127.0.0.1:${gateways[0]?.port}/api/v1/api-keys`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${first}` },
        body: JSON.stringify({ name, role: 'viewer' }),
      });
      return ((await made.json()) as { apiKey: string }).apiKey;
    }),
  );
  tokens = keys;
});

afterAll(async () => {
  await mesh?.stop();
  await redis?.stop();
});

/** How many of `count` requests, spread over both gateways, pass. */
async function passed(count: number, token?: string): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => get(i % 2, '/api/v1/auth/me', token)));
  expect(answers.every(({ status }) => [200, 401, 429].includes(status))).toBe(true);
  return answers.filter(({ status }) => status !== 429).length;
}

describe('rate limits', () => {
  it('hold for one caller over all gateways, and leave others alone', async () => {
    await waitFor(async () => (await (await get(0, '/readyz')).text()).length > 0);
    expect(await passed(60, tokens[0])).toBe(20);
    expect((await get(0, '/api/v1/auth/me', tokens[1])).status).toBe(200);
  });

  it('say when to come back', async () => {
    const answer = await get(0, '/api/v1/auth/me', tokens[0]);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: 'RESOURCE_EXHAUSTED', status: 429 });
  });

  it('slow the guessing of a password', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => login('root', 'a guess')));
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5);
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(15);
  });

  it('go on while Redis is frozen', async () => {
    redis.pause();
    try {
      expect(await passed(10, tokens[1])).toBe(10);
    } finally {
      redis.resume();
    }
  });

  it('go on, counted by each gateway alone, while Redis is away', async () => {
    await redis.kill();
    const total = await passed(120, tokens[2]);
    expect(total).toBeGreaterThanOrEqual(20);
    expect(total).toBeLessThanOrEqual(40);
    await redis.restart();
  });
});

describe('origins', () => {
  it('that are listed may call, others get no permission', async () => {
    const preflight = async (origin: string) => {
      const headers = {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      };
      const answer = await fetch(`http://127.0.0.1:${gateways[1]?.port}/livez`, { method: 'OPTIONS', headers });
      return answer.headers.get('access-control-allow-origin');
    };
    expect(await preflight('https://ui.example')).toBe('https://ui.example');
    expect(await preflight('https://evil.example')).toBeNull();
    expect(await preflight('null')).toBeNull();
  });
});
