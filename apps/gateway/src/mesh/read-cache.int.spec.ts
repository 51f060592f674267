import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { headers as natsHeaders, connect } from '@nats-io/transport-node';
import { ContextSigner } from '@scm/policy';
import { startMesh, startRedis, waitFor, type TestMesh, type TestRedis, type TestService } from '@scm/testing';

jest.setTimeout(60_000);

const admin = { SCM_BOOTSTRAP_USERNAME: 'root', SCM_BOOTSTRAP_PASSWORD: 'correct horse battery' };

let mesh: TestMesh;
let redis: TestRedis;
let gateways: TestService[];
let token: string;
let workspaceId: string;

async function call(gateway: number, method: string, path: string, body?: object, as = token): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${as}` };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  return fetch(`http://127.0.0.1:${gateways[gateway]?.port}${path}`, init);
}

async function json<T>(answer: Promise<Response>): Promise<T> {
  return (await answer).json() as Promise<T>;
}

function workflow(name: string, version: string): object {
  const document = { dsl: '1.0.3', namespace: 'default', name, version };
  return { document: { document, do: [{ only: { call: 'processing', with: { operations: [] } } }] } };
}

async function reads(result: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${gateways[0]?.port}/metrics`)).text();
  const line = text.split('\n').find((l) => l.startsWith('scm_read_cache_reads') && l.includes(`result="${result}"`));
  return Number(line?.split(' ')[1] ?? 0);
}

async function newest(gateway: number, name: string): Promise<string> {
  return (await json<{ version: string }>(call(gateway, 'GET', `/api/v1/workflows/${name}`))).version;
}

beforeAll(async () => {
  [mesh, redis] = await Promise.all([startMesh(), startRedis()]);
  await Promise.all([mesh.start('auth', admin), mesh.start('workflow-orchestrator')]);
  const env = { SCM_PORT: '0', SCM_REDIS_URL: redis.url };
  gateways = await Promise.all([mesh.start('gateway', env), mesh.start('gateway', env)]);
  const login = { username: 'root', password: admin.SCM_BOOTSTRAP_PASSWORD };
  const pair = await json<{ accessToken: string; workspaceId: string }>(
    call(0, 'POST', '/api/v1/auth/login', login, ''),
  );
  token = pair.accessToken;
  workspaceId = pair.workspaceId;
});

afterAll(async () => {
  await mesh?.stop();
  await redis?.stop();
});

describe('replies about definitions', () => {
  it('come from Redis until a change, which every gateway shows at once', async () => {
    expect((await call(0, 'POST', '/api/v1/workflows', workflow('kept', '1.0.0'))).status).toBe(201);
    expect(await newest(0, 'kept')).toBe('1.0.0');
    await waitFor(async () => {
      const before = await reads('hit');
      expect(await newest(0, 'kept')).toBe('1.0.0');
      return (await reads('hit')) > before;
    });
    for (let patch = 1; patch < 20; patch++) {
      const version = `1.0.${patch}`;
      expect((await call(patch % 2, 'POST', '/api/v1/workflows', workflow('kept', version))).status).toBe(201);
      expect([await newest(0, 'kept'), await newest(1, 'kept')]).toEqual([version, version]);
    }
  });

  it('end with a change that came past the gateways', async () => {
    await call(0, 'POST', '/api/v1/workflows', workflow('direct', '1.0.0'));
    expect(await newest(1, 'direct')).toBe('1.0.0');
    const nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
    const h = natsHeaders();
    const actor = { kind: 'user', id: 'direct', name: 'direct', workspaceId, role: 'admin' } as const;
    h.set('Scm-Context', await new ContextSigner(mesh.contextKey('gateway')).sign(actor));
    await nc.request('scm.rpc.workflow.v1.create', JSON.stringify(workflow('direct', '2.0.0')), {
      headers: h,
      timeout: 5_000,
    });
    await nc.close();
    await waitFor(async () => (await newest(1, 'direct')) === '2.0.0');
  });

  it('are not for other workspaces, nor for who may not read them', async () => {
    await newest(0, 'kept');
    await call(0, 'POST', '/api/v1/workspaces', { name: 'elsewhere' });
    const login = { username: 'root', password: admin.SCM_BOOTSTRAP_PASSWORD, workspace: 'elsewhere' };
    const other = await json<{ accessToken: string }>(call(0, 'POST', '/api/v1/auth/login', login, ''));
    expect((await call(0, 'GET', '/api/v1/workflows/kept', undefined, other.accessToken)).status).toBe(404);
    expect((await call(0, 'GET', '/api/v1/workflows/kept', undefined, 'nobody')).status).toBe(401);
  });

  it('go on being right while Redis is frozen, and after it', async () => {
    await newest(0, 'kept');
    redis.pause();
    expect((await call(0, 'POST', '/api/v1/workflows', workflow('kept', '2.0.0'))).status).toBe(201);
    expect(await newest(0, 'kept')).toBe('2.0.0');
    redis.resume();
    await waitFor(async () => (await newest(0, 'kept')) === '2.0.0' && (await newest(1, 'kept')) === '2.0.0');
    const before = await reads('hit');
    await waitFor(async () => {
      expect(await newest(0, 'kept')).toBe('2.0.0');
      return (await reads('hit')) > before;
    });
  });
});
