import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import {
  DEFAULT_WORKSPACE_ID,
  McpApi,
  UpstreamApi,
  UpstreamAuthorizationApi,
  VirtualServerApi,
  type AuthorizationBegun,
  type AuthorizationSetting,
  type Role,
  type RpcContract,
  type StreamedContract,
  type UpstreamAuthorization,
} from '@scm/contracts';
import { ContextSigner } from '@scm/policy';
import { startMesh, startOAuthUpstream, waitFor, type OAuthUpstream, type TestMesh } from '@scm/testing';
import { Client } from 'pg';

interface Refused {
  code?: string;
  message?: string;
  details?: { path: string }[];
}

interface Reply {
  result?: { content?: { text: string }[] };
  error?: { code: number; message: string };
}

const OTHER = '00000000-0000-7000-8000-0000000000aa';
const publicUrl = 'https://scm.test';
const byBrowser: AuthorizationSetting = { grant: 'authorization-code' };

let mesh: TestMesh;
let nc: NatsConnection;
let signer: ContextSigner;
let upstream: OAuthUpstream;
let count = 0;

async function request<T>(
  { subject }: RpcContract | StreamedContract,
  body: object,
  { role = 'admin', workspaceId = DEFAULT_WORKSPACE_ID }: { role?: Role; workspaceId?: string } = {},
): Promise<T> {
  const h = headers();
  h.set('Scm-Context', await signer.sign({ kind: 'user', id: 'u1', name: 'ann', workspaceId, role }));
  return (await nc.request(subject, JSON.stringify(body), { timeout: 30_000, headers: h })).json<T>();
}

/** As a browser does, without credentials. */
async function comeBack(to: URL): Promise<UpstreamAuthorization & Refused> {
  const { subject } = UpstreamAuthorizationApi.complete;
  const sent = JSON.stringify(Object.fromEntries(to.searchParams));
  return (await nc.request(subject, sent, { timeout: 30_000 })).json<UpstreamAuthorization & Refused>();
}

/** Its id and the name of the server that shows it alone. */
async function register(
  authorization = byBrowser,
  transport = 'streamable-http',
): Promise<{ id: string; name: string }> {
  const name = `wanting-${++count}`;
  const target = { name, transport, url: upstream.url, authorization };
  const { id } = await request<{ id: string }>(UpstreamApi.create, target);
  await request(VirtualServerApi.set, { name, members: [{ upstream: name, prefix: false }] });
  return { id, name };
}

const begin = (id: string) => request<AuthorizationBegun & Refused>(UpstreamAuthorizationApi.begin, { id });
const stateOf = (id: string) => request<UpstreamAuthorization>(UpstreamAuthorizationApi.get, { id });

async function authorize(id: string): Promise<UpstreamAuthorization & Refused> {
  return comeBack(await upstream.consent((await begin(id)).url));
}

async function callTool(server: string): Promise<Reply> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const sent = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'told',
  };
  const params = { name: 'told', arguments: {}, _meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const asked = { method: 'POST', transport: 'http', headers: sent, body, server };
  return JSON.parse((await request<{ body: string }>(McpApi.exchange, asked)).body) as Reply;
}

async function query<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: mesh.database.url });
  await client.connect();
  return client
    .query<T>(sql, values)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

beforeAll(async () => {
  mesh = await startMesh();
  nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
  signer = new ContextSigner(mesh.contextKey('gateway'));
  const env = { SCM_EGRESS_ALLOW: '127.0.0.1', SCM_PUBLIC_URL: publicUrl };
  await mesh.start('mcp-protocol', env);
  await mesh.start('mcp-protocol', env);
}, 60_000);

beforeEach(async () => {
  upstream = await startOAuthUpstream();
});

afterEach(() => upstream.stop());

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
}, 30_000);

describe('an upstream that wants OAuth', () => {
  it('says so, and where it is authorized', async () => {
    const { id, name } = await register();
    expect(await stateOf(id)).toEqual({ id, state: 'absent' });
    const { error } = await callTool(name);
    const message = expect.stringContaining(`POST /api/v1/upstreams/${id}/authorization`);
    expect(error).toMatchObject({ code: -32000, message });
    expect(await stateOf(id)).toEqual({ id, state: 'wanted', wantedScopes: ['tools'] });
  });

  it('says so over HTTP+SSE as well', async () => {
    const { id, name } = await register(byBrowser, 'sse');
    const message = expect.stringContaining('wants to be authorized first');
    for (let times = 0; times < 8; times++)
      expect((await callTool(name)).error).toMatchObject({ code: -32000, message });
    expect((await stateOf(id)).state).toBe('wanted');
  });

  it('is used at every replica once a browser came back', async () => {
    const { id, name } = await register();
    const begun = new URL((await begin(id)).url);
    expect(Object.fromEntries(begun.searchParams)).toMatchObject({
      client_id: 'registered',
      code_challenge_method: 'S256',
      redirect_uri: `${publicUrl}/api/v1/upstreams/authorization/callback`,
      resource: upstream.url,
      scope: 'tools',
    });
    const done = await comeBack(await upstream.consent(begun.href));
    expect(done).toMatchObject({ id, state: 'authorized', issuer: upstream.issuer, scopes: ['tools'] });
    const { result } = await waitFor(async () => {
      const reply = await callTool(name);
      return reply.result && reply;
    });
    expect(result?.content).toEqual([{ type: 'text', text: 'told' }]);
    for (let times = 0; times < 10; times++) expect(await callTool(name)).toMatchObject({ result });
    expect(await stateOf(id)).toEqual(done);
  });

  it('is asked for what it wants besides, and no second time for what it does not take', async () => {
    const { id, name } = await register();
    await authorize(id);
    upstream.want('files');
    await waitFor(async () => (await callTool(name)).error?.message.includes('authorized first'));
    expect(await stateOf(id)).toMatchObject({ state: 'wanted', scopes: ['tools'], wantedScopes: ['tools', 'files'] });
    expect(await authorize(id)).toMatchObject({ state: 'authorized', scopes: ['tools', 'files'] });
    await waitFor(async () => (await callTool(name)).result);
    upstream.want('files secrets');
    upstream.withhold('secrets');
    await waitFor(async () => (await callTool(name)).error);
    expect(await authorize(id)).toMatchObject({ state: 'authorized', scopes: ['tools', 'files'] });
    const refusal = await waitFor(async () => {
      const { error } = await callTool(name);
      return error?.message.includes('answered 403') && error;
    });
    expect(refusal).toMatchObject({ code: -32000 });
    expect((await stateOf(id)).state).toBe('authorized');
  });

  it('is forgotten with its tokens, and by a change of its address', async () => {
    const { id, name } = await register();
    await authorize(id);
    await request(UpstreamAuthorizationApi.forget, { id });
    expect(await stateOf(id)).toEqual({ id, state: 'absent' });
    await waitFor(async () => (await callTool(name)).error);
    await authorize(id);
    await request(UpstreamApi.update, { id, url: `${upstream.url}?else` });
    expect(await stateOf(id)).toEqual({ id, state: 'absent' });
    await request(UpstreamApi.update, { id, authorization: { grant: 'none' } });
    expect(await stateOf(id)).toEqual({ id, state: 'none' });
    expect(await begin(id)).toMatchObject({ code: 'FAILED_PRECONDITION' });
    await request(UpstreamApi.remove, { id });
    expect(await stateOf(id)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has its tokens without a person where the product is its client', async () => {
    const { id, name } = await register({ grant: 'client-credentials', clientId: 'product', clientSecret: 'secret-1' });
    expect(await callTool(name)).toMatchObject({ result: { content: [{ text: 'told' }] } });
    expect(await stateOf(id)).toMatchObject({ state: 'authorized', scopes: ['tools'] });
    upstream.want('files');
    expect(await callTool(name)).toMatchObject({ result: { content: [{ text: 'told' }] } });
    expect(await stateOf(id)).toMatchObject({ scopes: ['tools', 'files'] });
    expect(await begin(id)).toMatchObject({ code: 'FAILED_PRECONDITION' });
  });
});

describe('a token that ends', () => {
  it('is renewed once, however many replicas and calls want it', async () => {
    const { id, name } = await register();
    await authorize(id);
    await waitFor(async () => (await callTool(name)).result);
    for (let times = 0; times < 10; times++) await callTool(name);
    await agedTokens();
    upstream.revoke();
    const replies = await Promise.all(Array.from({ length: 24 }, () => callTool(name)));
    expect(replies.filter(({ result }) => !result)).toEqual([]);
    expect(upstream.given).toEqual({ authorization_code: 1, refresh_token: 1 });
    expect((await stateOf(id)).state).toBe('authorized');
  });

  it('is renewed before it is over', async () => {
    await upstream.stop();
    upstream = await startOAuthUpstream({ tokenSeconds: 1 });
    const { id, name } = await register();
    await authorize(id);
    await waitFor(async () => (await callTool(name)).result && (upstream.given['refresh_token'] ?? 0) >= 2);
    expect(upstream.given['replayed']).toBeUndefined();
  });

  it('is wanted again when its refresh token is refused, which is tried once', async () => {
    const { id, name } = await register();
    await authorize(id);
    await waitFor(async () => (await callTool(name)).result);
    await agedTokens();
    upstream.revoke('all');
    for (let times = 0; times < 6; times++)
      expect((await callTool(name)).error?.message).toContain('wants to be authorized');
    expect(upstream.given).toEqual({ authorization_code: 1 });
    expect(upstream.refused).toBe(1);
    expect((await stateOf(id)).state).toBe('wanted');
    expect(await authorize(id)).toMatchObject({ state: 'authorized' });
    await waitFor(async () => (await callTool(name)).result);
  });
});

describe('a callback', () => {
  it('is taken once, and not with another state', async () => {
    const { id } = await register();
    const back = await upstream.consent((await begin(id)).url);
    const state = back.searchParams.get('state') ?? '';
    for (const other of [`${state.slice(0, -1)}${state.endsWith('A') ? 'B' : 'A'}`, `${state}=`, 'x', state.slice(1)]) {
      const changed = new URL(back);
      changed.searchParams.set('state', other);
      expect(await comeBack(changed)).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await comeBack(back)).toMatchObject({ state: 'authorized' });
    expect(await comeBack(back)).toMatchObject({ code: 'NOT_FOUND' });
    expect(upstream.given).toEqual({ authorization_code: 1 });
  });

  it('is refused when its time is over', async () => {
    const { id } = await register();
    const back = await upstream.consent((await begin(id)).url);
    await query(`update mcp.upstream_authorization_requests set expires_at = now() - interval '1 second'`);
    expect(await comeBack(back)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is refused when another authorization server answers', async () => {
    const { id } = await register();
    const back = await upstream.consent((await begin(id)).url);
    back.searchParams.set('iss', 'https://elsewhere.test');
    expect(await comeBack(back)).toMatchObject({ code: 'FAILED_PRECONDITION' });
    expect(upstream.given).toEqual({});
    expect((await stateOf(id)).state).toBe('wanted');
  });

  it('brings the refusal of whoever was asked', async () => {
    const { id } = await register();
    const back = await upstream.consent((await begin(id)).url);
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    const message = expect.stringContaining('access_denied');
    expect(await comeBack(back)).toMatchObject({ code: 'FAILED_PRECONDITION', message });
  });
});

it('is of its workspace', async () => {
  const { id } = await register();
  for (const contract of [
    UpstreamAuthorizationApi.begin,
    UpstreamAuthorizationApi.get,
    UpstreamAuthorizationApi.forget,
  ])
    expect(await request(contract, { id }, { workspaceId: OTHER })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await request(UpstreamAuthorizationApi.begin, { id }, { role: 'operator' })).toMatchObject({
    code: 'PERMISSION_DENIED',
  });
});

it('shows and stores no token and no secret in the open', async () => {
  const { id, name } = await register({ grant: 'client-credentials', clientId: 'product', clientSecret: 'secret-2' });
  await callTool(name);
  const browser = await register();
  await authorize(browser.id);
  const shown = [await stateOf(id), await stateOf(browser.id), await request(UpstreamApi.list, {})];
  const tables = ['upstreams', 'upstream_authorizations', 'upstream_authorization_requests', 'audit_events'];
  const stored = await Promise.all(
    [...tables, 'idempotency_keys'].map((table) => query(`select row_to_json(t)::text as row from mcp.${table} t`)),
  );
  const text = JSON.stringify([shown, stored]);
  for (const secret of ['secret-2', 'access-', 'refresh-']) expect(text).not.toContain(secret);
  expect([...upstream.seen].every((header) => header.startsWith('Bearer access-'))).toBe(true);
});

it.each<[string, Partial<AuthorizationSetting>, string]>([
  ['no client', { grant: 'client-credentials' }, 'authorization.clientId'],
  ['no secret', { grant: 'client-credentials', clientId: 'x' }, 'authorization.clientSecret'],
  ['a key that is none', { grant: 'client-credentials', clientId: 'x', privateKey: 'x' }, 'authorization.privateKey'],
  ['no identity', { grant: 'identity-assertion', clientId: 'x' }, 'authorization.identity'],
  ['no assertion', { grant: 'jwt-bearer', clientId: 'x' }, 'authorization.assertion'],
  ['an assertion for nothing', { grant: 'authorization-code', assertion: 'x' }, 'authorization.assertion'],
  ['an issuer with credentials', { grant: 'authorization-code', issuer: 'https://a:b@c' }, 'authorization.issuer'],
])('refuses a setting with %s', async (_, authorization, path) => {
  const target = { name: 'refused', transport: 'streamable-http', url: upstream.url, authorization };
  expect(await request(UpstreamApi.create, target)).toMatchObject({ code: 'INVALID_ARGUMENT', details: [{ path }] });
});

/** Waits until a token that was just given is old enough to be renewed when it is refused. */
async function agedTokens(): Promise<void> {
  const begunAt = Date.now();
  await waitFor(() => Date.now() - begunAt > 2_100);
}
