import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { DEFAULT_WORKSPACE_ID, UpstreamApi, VirtualServerApi, type Role, type RpcContract } from '@scm/contracts';
import { schemaDrift } from '@scm/database';
import { ContextSigner } from '@scm/policy';
import { startMesh, type TestMesh } from '@scm/testing';
import { Client } from 'pg';
import { database } from '../database.js';

let mesh: TestMesh;
let nc: NatsConnection;
let signer: ContextSigner;

beforeAll(async () => {
  mesh = await startMesh();
  nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
  signer = new ContextSigner(mesh.contextKey('gateway'));
  await mesh.start('mcp-protocol', { SCM_MCP_STDIO_COMMANDS: 'echo=node -e 0' });
});

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
});

interface Answer {
  code: unknown;
  body: Record<string, unknown>;
}

async function ask(contract: RpcContract, request: object, role: Role = 'admin'): Promise<Answer> {
  const h = headers();
  const ann = { kind: 'user', id: 'u1', name: 'ann', workspaceId: DEFAULT_WORKSPACE_ID, role } as const;
  h.set('Scm-Context', await signer.sign(ann));
  const msg = await nc.request(contract.subject, JSON.stringify(request), { timeout: 10_000, headers: h });
  const body = msg.json<Answer['body']>();
  return { code: body.code, body };
}

const remote = { name: 'far', transport: 'streamable-http', url: 'http://127.0.0.1:9/mcp' };

describe('an upstream', () => {
  it('is registered with secrets that nobody sees again', async () => {
    const secret = 'Bearer of-the-upstream';
    const { body } = await ask(UpstreamApi.create, { ...remote, headers: { Authorization: secret } });
    expect(body).toMatchObject({ name: 'far', namespace: 'far', enabled: true, headers: ['Authorization'] });
    const listed = await ask(UpstreamApi.list, {});
    expect(JSON.stringify([body, listed])).not.toContain(secret);
    const client = new Client({ connectionString: mesh.database.url });
    await client.connect();
    const { rows } = await client.query(`select row_to_json(u)::text as row from mcp.upstreams u`);
    await client.end();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('of-the-upstream');
  });

  it('has a name of its own, and keeps what is not changed', async () => {
    expect(await ask(UpstreamApi.create, remote)).toMatchObject({ code: 'ALREADY_EXISTS' });
    const [{ id }] = (await ask(UpstreamApi.list, {})).body.items as [{ id: string }];
    const { body } = await ask(UpstreamApi.update, { id, enabled: false, namespace: '' });
    expect(body).toMatchObject({ name: 'far', namespace: '', enabled: false, headers: ['Authorization'] });
    expect((await ask(UpstreamApi.get, { id })).body).toEqual(body);
  });

  it('may be a command only that the configuration names', async () => {
    const child = { name: 'child', transport: 'stdio', command: 'echo' };
    expect((await ask(UpstreamApi.create, child)).body).toMatchObject({ command: 'echo' });
    const other = await ask(UpstreamApi.create, { ...child, name: 'other', command: 'rm' });
    expect(other.body).toMatchObject({ details: [{ path: 'command' }] });
  });

  it.each([
    ['a URL for stdio', { transport: 'stdio', command: 'echo', url: 'http://127.0.0.1/' }, 'url'],
    ['a command over HTTP', { command: 'echo' }, 'command'],
    ['no URL', { url: undefined }, 'url'],
    ['credentials in the URL', { url: 'http://a:b@127.0.0.1/' }, 'url'],
    ['the connection’s headers', { headers: { Host: 'x' } }, 'headers'],
    ['the protocol’s headers', { headers: { 'Mcp-Session-Id': 'x' } }, 'headers'],
    ['a line break in a header', { headers: { 'X-A': 'a\r\nb: c' } }, 'headers'],
    ['the name of what is built in', { name: 'scm' }, 'name'],
  ])('is refused with %s', async (_, change, path) => {
    const { code, body } = await ask(UpstreamApi.create, { ...remote, name: 'refused', ...change });
    expect(code).toBe('INVALID_ARGUMENT');
    expect(body).toMatchObject({ details: [{ path }] });
  });

  it('says how it is', async () => {
    const { items } = (await ask(UpstreamApi.list, {})).body as { items: { id: string; name: string }[] };
    const far = items.find(({ name }) => name === 'far');
    const { body } = await ask(UpstreamApi.health, { id: far?.id });
    expect(body).toMatchObject({ healthy: false, circuit: 'closed', reason: expect.stringContaining('127.0.0.1') });
  });

  it('is made and removed by administrators, and seen by all', async () => {
    expect(await ask(UpstreamApi.create, { ...remote, name: 'op' }, 'operator')).toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    const { items } = (await ask(UpstreamApi.list, {}, 'viewer')).body as { items: { id: string; name: string }[] };
    const id = items.find(({ name }) => name === 'child')?.id;
    await ask(UpstreamApi.remove, { id });
    expect(await ask(UpstreamApi.get, { id })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a virtual server', () => {
  it('is made of upstreams that there are, and can be made anew', async () => {
    const server = { name: 'desk', members: [{ upstream: 'scm' }, { upstream: 'far', prefix: false }] };
    expect((await ask(VirtualServerApi.set, server)).body).toMatchObject(server);
    const fewer = { name: 'desk', members: [{ upstream: 'far' }] };
    await ask(VirtualServerApi.set, fewer);
    expect((await ask(VirtualServerApi.get, { name: 'desk' })).body).toMatchObject(fewer);
    expect((await ask(VirtualServerApi.list, {})).body).toMatchObject({ items: [fewer] });
    await ask(VirtualServerApi.remove, { name: 'desk' });
    expect(await ask(VirtualServerApi.get, { name: 'desk' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is refused with a member that there is not, or twice', async () => {
    const unknown = await ask(VirtualServerApi.set, { name: 'x', members: [{ upstream: 'nobody' }] });
    expect(unknown.body).toMatchObject({ details: [{ path: 'members.0.upstream' }] });
    const twice = await ask(VirtualServerApi.set, { name: 'x', members: [{ upstream: 'far' }, { upstream: 'far' }] });
    expect(twice.body).toMatchObject({ details: [{ path: 'members' }] });
  });
});

it('has the schema that its entities say', async () => {
  expect(await schemaDrift(database, mesh.database.url)).toEqual([]);
});
