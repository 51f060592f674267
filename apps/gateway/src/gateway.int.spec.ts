import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startMesh, waitFor, type TestMesh, type TestService } from '@scm/testing';
import WebSocket from 'ws';

const admin = { SCM_BOOTSTRAP_USERNAME: 'root', SCM_BOOTSTRAP_PASSWORD: 'correct horse battery' };

let mesh: TestMesh;
let auth: TestService;
let gateway: TestService;
let token: string;

const url = (path: string) => `http://127.0.0.1:${gateway.port}${path}`;

async function http(
  method: string,
  path: string,
  options: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
) {
  const response = await fetch(url(path), {
    method,
    headers: {
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...(options.token && { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    ...(options.body !== undefined && {
      body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
    }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

beforeAll(async () => {
  mesh = await startMesh();
  const env = { SCM_PORT: '0', SCM_LOGINS_PER_MINUTE: '1000' };
  [auth, gateway] = await Promise.all([mesh.start('auth', admin), mesh.start('gateway', env)]);
  const { json } = await http('POST', '/api/v1/auth/login', {
    body: { username: 'root', password: admin.SCM_BOOTSTRAP_PASSWORD },
  });
  token = json.accessToken;
});

afterAll(async () => {
  await mesh?.stop();
});

describe('the HTTP door', () => {
  it('knows the caller of an access token and of an API key', async () => {
    expect((await http('GET', '/api/v1/auth/me', { token })).json).toMatchObject({ name: 'root', role: 'admin' });
    const { json } = await http('POST', '/api/v1/api-keys', { token, body: { name: 'k', role: 'viewer' } });
    expect((await http('GET', '/api/v1/auth/me', { token: json.apiKey })).json).toMatchObject({
      kind: 'api-key',
      role: 'viewer',
    });
  });

  it.each([
    ['no credentials', 'GET', '/api/v1/auth/me', {}, 401, 'UNAUTHENTICATED'],
    ['a foreign token', 'GET', '/api/v1/auth/me', { token: 'e30.e30.e30' }, 401, 'UNAUTHENTICATED'],
    ['an API key that is none', 'GET', '/api/v1/auth/me', { token: 'scm_key_nope' }, 401, 'UNAUTHENTICATED'],
    ['an unknown route', 'GET', '/api/v1/nothing', {}, 404, 'NOT_FOUND'],
    [
      'an unknown field',
      'POST',
      '/api/v1/auth/login',
      { body: { username: 'a', password: 'b', x: 1 } },
      400,
      'INVALID_ARGUMENT',
    ],
    ['no JSON', 'POST', '/api/v1/auth/login', { body: '{' }, 400, 'INVALID_ARGUMENT'],
    ['an array', 'POST', '/api/v1/auth/login', { body: [] }, 400, 'INVALID_ARGUMENT'],
    ['deep nesting', 'POST', '/api/v1/auth/login', { body: '['.repeat(100_000) }, 400, 'INVALID_ARGUMENT'],
    ['a large body', 'POST', '/api/v1/auth/login', { body: `"${'x'.repeat(1_048_577)}"` }, 413, 'PAYLOAD_TOO_LARGE'],
    [
      'another content type',
      'POST',
      '/api/v1/auth/login',
      { body: 'x', headers: { 'content-type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['an absent service', 'GET', '/api/v1/workflows', {}, 503, 'UNAVAILABLE'],
  ])('answers %s with problem details', async (name, method, path, options, status, code) => {
    const answer = await http(method, path, name === 'an absent service' ? { token } : options);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json).toMatchObject({
      status,
      code,
      requestId: expect.any(String),
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('names the refused field', async () => {
    const { json } = await http('POST', '/api/v1/api-keys', { token, body: { name: 'k', role: 'god' } });
    expect(json.errors[0].path).toBe('role');
  });

  it('answers a repeated POST with the same idempotency key once', async () => {
    const again = { token, body: { name: 'once', role: 'viewer' }, headers: { 'idempotency-key': 'abc' } };
    const first = await http('POST', '/api/v1/api-keys', again);
    expect((await http('POST', '/api/v1/api-keys', again)).json).toEqual(first.json);
    const bad = await http('POST', '/api/v1/api-keys', { ...again, headers: { 'idempotency-key': 'a b' } });
    expect(bad.status).toBe(400);
  });

  it('pages lists by cursor', async () => {
    for (const name of ['p1', 'p2', 'p3'])
      await http('POST', '/api/v1/api-keys', { token, body: { name, role: 'viewer' } });
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await http('GET', `/api/v1/api-keys?limit=2${cursor && `&cursor=${cursor}`}`, { token });
      seen.push(...json.items.map((item: { id: string }) => item.id));
      cursor = json.nextCursor ?? '';
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect((await http('GET', '/api/v1/api-keys?cursor=zzz', { token })).status).toBe(400);
    expect((await http('GET', '/api/v1/api-keys?limit=0', { token })).status).toBe(400);
    expect((await http('GET', '/api/v1/api-keys?colour=red', { token })).status).toBe(400);
  });

  it('shows what runs, whether all is ready, its metrics and its API', async () => {
    expect((await http('GET', '/livez')).status).toBe(200);
    const ready = await http('GET', '/readyz');
    expect([ready.status, ready.json.services.auth, ready.json.services.notifier]).toEqual([503, 'ready', 'down']);
    expect((await http('GET', '/')).text).toContain('System Context Monitor');
    expect((await http('GET', '/metrics')).text).toContain('scm_http_request_duration_seconds_bucket');
    const { json } = await http('GET', '/api/openapi.json');
    expect(Object.keys(json.paths)).toContain('/api/v1/workflows/{workflow}/executions');
    expect((await http('GET', '/api/docs')).text).toContain('swagger-ui');
    const status = await http('GET', '/api/v1/system/status', { token });
    expect(status.json.services.find((s: { name: string }) => s.name === 'auth').replicas).toHaveLength(1);
  });

  it('sets security headers and lets only listed origins in', async () => {
    const { headers } = await http('GET', '/livez', { headers: { origin: 'https://evil.example' } });
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('puts refused authentications on record', async () => {
    await http('GET', '/api/v1/auth/me', { token: 'scm_key_nope' });
    await waitFor(async () => {
      const { json } = await http('GET', '/api/v1/audit?action=auth.authenticate', { token });
      return json.items.length > 0;
    });
  });
});

describe('the stream', () => {
  it('refuses other subprotocols, origins and paths', async () => {
    const refused = (protocols: string[], options = {}, path = '/api/v1/stream') =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, protocols, options);
        socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
        socket.on('open', () => resolve(101));
        socket.on('error', () => undefined);
      });
    expect(await refused(['graphql-ws'])).toBe(400);
    expect(await refused(['scm.stream.v1+json'], { origin: 'https://evil.example' })).toBe(403);
    expect(await refused(['scm.stream.v1+json'], {}, '/other')).toBe(404);
  });

  it('welcomes, subscribes to the system channel and refuses what is no channel', async () => {
    const client = await openStream();
    client.send({ t: 'hello', v: 1, token });
    expect(await client.next('welcome')).toMatchObject({ hb: 15_000 });
    client.send({ t: 'sub', id: 1, ch: 'system' });
    expect(await client.next('subd')).toMatchObject({ id: 1, ch: 'system' });
    expect(await client.next('ev')).toMatchObject({ ch: 'system', d: [{ state: 'degraded' }] });
    client.send({ t: 'sub', id: 2, ch: 'nothing:else' });
    expect(await client.next('err')).toMatchObject({ id: 2, code: 'INVALID_ARGUMENT' });
    client.close();
  });

  it.each([
    ['no hello first', { t: 'sub', id: 1, ch: 'system' }, 4500],
    ['an unknown frame', { t: 'what' }, 4500],
    ['another version', { t: 'hello', v: 2 }, 4504],
    ['a bad token', { t: 'hello', v: 1, token: 'x' }, 4501],
  ])('closes on %s', async (_, frame, code) => {
    const client = await openStream();
    client.send(frame);
    expect(await client.closed).toBe(code);
  });
});

describe('without auth', () => {
  it('tells callers with an API key to come again, and goes on with access tokens', async () => {
    const { json } = await http('POST', '/api/v1/api-keys', { token, body: { name: 'outage', role: 'viewer' } });
    await auth.kill();
    // A request on its way while the broker learns of the end runs into its deadline.
    await waitFor(async () => {
      const answer = await http('GET', '/api/v1/auth/me', { token: json.apiKey });
      return answer.status === 503 && answer.json.code === 'UNAVAILABLE';
    });
    await waitFor(async () => {
      const { modes } = (await http('GET', '/api/v1/system/status', { token })).json;
      return modes.some(({ name, of }: Record<string, string>) => name === 'service-away' && of === 'auth');
    });
  });
});

async function openStream() {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/api/v1/stream`, 'scm.stream.v1+json');
  const frames: { t: string }[] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return {
    closed,
    send: (frame: object) => socket.send(JSON.stringify(frame)),
    next: (t: string) =>
      waitFor(() => {
        const index = frames.findIndex((frame) => frame.t === t);
        return index >= 0 ? frames.splice(index, 1)[0] : undefined;
      }),
    close: () => socket.close(),
  };
}
