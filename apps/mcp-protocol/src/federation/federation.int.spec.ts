import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { DEFAULT_WORKSPACE_ID, McpApi, UpstreamApi, VirtualServerApi, type Role } from '@scm/contracts';
import { ContextSigner } from '@scm/policy';
import { startMesh, waitFor, type TestMesh, type TestService } from '@scm/testing';
import { Client } from 'pg';

const fixture = join(import.meta.dirname, '../../../../tests/conformance/fixture/main.mjs');

interface Item {
  name: string;
  uri?: string;
}

interface Result {
  resultType?: string;
  tools: Item[];
  prompts: Item[];
  resources: Item[];
  content: { text: string }[];
  contents: { text: string }[];
  isError?: boolean;
  requestState?: string;
  inputRequests: Record<string, object>;
  instructions?: string;
  capabilities: object;
  nextCursor?: string;
  _meta?: Record<string, { unavailable?: { upstream: string }[]; stale?: string[] }>;
}

interface Reply {
  status: number;
  result: Result;
  error?: { code: number; message: string; data?: object };
}

let mesh: TestMesh;
let nc: NatsConnection;
let signer: ContextSigner;
let replicas: TestService[];
const children: ChildProcess[] = [];
const ids: Record<string, string> = {};

async function request<T>(
  subject: string,
  body: object,
  role: Role = 'admin',
  workspaceId = DEFAULT_WORKSPACE_ID,
): Promise<T> {
  const h = headers();
  h.set('Scm-Context', await signer.sign({ kind: 'user', id: 'u1', name: 'ann', workspaceId, role }));
  return (await nc.request(subject, JSON.stringify(body), { timeout: 30_000, headers: h })).json<T>();
}

async function call(
  method: string,
  params: Record<string, unknown> = {},
  { server, role }: { server?: string; role?: Role } = {},
): Promise<Reply> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
  };
  const name = (params.name ?? params.uri) as string | undefined;
  const sent = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(name && { 'mcp-name': name }),
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } });
  const asked = { method: 'POST', transport: 'http', headers: sent, body, ...(server && { server }) };
  const head = await request<{ status: number; body: string }>(McpApi.exchange.subject, asked, role);
  return { status: head.status, ...(JSON.parse(head.body) as Omit<Reply, 'status'>) };
}

async function startHttpFixture(revision: string): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [fixture, '--revision', revision], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const url = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
  return { url, child };
}

async function register(name: string, target: object): Promise<void> {
  const { id } = await request<{ id: string }>(UpstreamApi.create.subject, { name, ...target });
  ids[name] = id;
}

const setServer = (name: string, members: object[]) => request(VirtualServerApi.set.subject, { name, members });

beforeAll(async () => {
  mesh = await startMesh();
  nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
  signer = new ContextSigner(mesh.contextKey('gateway'));
  const env = {
    SCM_EGRESS_ALLOW: '127.0.0.1',
    SCM_MCP_STDIO_COMMANDS: `fixture=${process.execPath} ${fixture} --stdio`,
  };
  replicas = [await mesh.start('mcp-protocol', env)];
  replicas.push(await mesh.start('mcp-protocol', env));
  const [newer, older] = await Promise.all([startHttpFixture('2026-07-28'), startHttpFixture('2025-11-25')]);
  await register('newer', { transport: 'streamable-http', url: newer.url });
  await register('older', { transport: 'streamable-http', url: older.url });
  await register('child', { transport: 'stdio', command: 'fixture' });
  await setServer('desk', [{ upstream: 'scm', prefix: false }, { upstream: 'newer' }, { upstream: 'older' }]);
  await setServer('plain', [{ upstream: 'older', prefix: false }]);
  await setServer('local', [{ upstream: 'child', prefix: false }]);
}, 60_000);

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
  for (const child of children) child.kill('SIGTERM');
}, 30_000);

describe('a virtual server', () => {
  it('lists what its members list, under their namespaces, in one order', async () => {
    const [one, other] = await Promise.all([
      call('tools/list', {}, { server: 'desk' }),
      call('tools/list', {}, { server: 'desk' }),
    ]);
    const names = one.result.tools.map(({ name }) => name);
    expect(names).toEqual(other.result.tools.map(({ name }) => name));
    expect(names).toEqual(
      expect.arrayContaining(['system_overview', 'newer__test_simple_text', 'older__test_simple_text']),
    );
    expect(names.indexOf('newer__test_simple_text')).toBeLessThan(names.indexOf('older__test_simple_text'));
    const prompts = (await call('prompts/list', {}, { server: 'desk' })).result.prompts.map(({ name }) => name);
    expect(prompts).toContain('newer__test_simple_prompt');
    // Resources keep their addresses: of two that have one, the first member's is shown.
    const uris = (await call('resources/list', {}, { server: 'desk' })).result.resources.map(({ uri }) => uri);
    expect(uris.filter((uri) => uri === 'test://static-text')).toHaveLength(1);
    expect(uris).toContain('scm://metrics/host');
  });

  it('leads calls, prompts, resources and completions to the member that has them', async () => {
    for (const member of ['newer', 'older']) {
      const { result } = await call('tools/call', { name: `${member}__test_simple_text` }, { server: 'desk' });
      expect(result.content[0]?.text).toBe('This is a simple text response for testing.');
    }
    const prompt = await call('prompts/get', { name: 'older__test_simple_prompt' }, { server: 'desk' });
    expect(JSON.stringify(prompt.result)).toContain('This is a simple prompt for testing.');
    const read = await call('resources/read', { uri: 'test://static-text' }, { server: 'desk' });
    expect(read.result.contents[0]?.text).toBe('This is the content of the static text resource.');
    const ref = { type: 'ref/prompt', name: 'newer__test_prompt_with_arguments' };
    const completed = await call(
      'completion/complete',
      { ref, argument: { name: 'arg1', value: 'p' } },
      { server: 'desk' },
    );
    expect(completed.result).toMatchObject({ completion: { values: ['paris', 'park', 'party'] } });
  });

  it('can what any of its members can', async () => {
    const { result } = await call('server/discover', {}, { server: 'desk' });
    expect(result.capabilities).toMatchObject({
      tools: { listChanged: true },
      prompts: {},
      resources: { subscribe: true },
    });
    expect(result.instructions).toContain('# newer\n');
  });

  it('shows names as they are where it says so', async () => {
    const { result } = await call('tools/list', {}, { server: 'plain' });
    expect(result.tools.map(({ name }) => name)).toContain('test_simple_text');
    expect(result.tools.map(({ name }) => name)).not.toContain('system_overview');
  });

  it('says of what is not there that it is not', async () => {
    const absent = { code: -32602 };
    expect((await call('tools/call', { name: 'nobody__x' }, { server: 'desk' })).error).toMatchObject(absent);
    const uri = 'test://nothing';
    expect((await call('resources/read', { uri }, { server: 'desk' })).error).toMatchObject({
      ...absent,
      data: { uri },
    });
    expect((await call('tools/list', { cursor: 'x' }, { server: 'desk' })).error).toMatchObject(absent);
    expect((await call('tools/list', {}, { server: 'nowhere' })).error).toMatchObject({ data: { code: 'NOT_FOUND' } });
  });

  it('shows upstreams to whoever may use them, and nobody else', async () => {
    const names = async (role: Role) =>
      (await call('tools/list', {}, { server: 'desk', role })).result.tools.map(({ name }) => name);
    expect(await names('operator')).toContain('newer__test_simple_text');
    expect((await names('viewer')).filter((name) => name.includes('__'))).toEqual([]);
    const refused = await call('tools/call', { name: 'newer__test_simple_text' }, { server: 'desk', role: 'viewer' });
    expect(refused.error).toMatchObject({ code: -32602 });
  });

  it('puts every call on record, without its arguments', async () => {
    await call('tools/call', { name: 'newer__test_x_mcp_header', arguments: {} }, { server: 'desk' });
    const client = new Client({ connectionString: mesh.database.url });
    await client.connect();
    const { rows } = await client.query(
      `select outcome, details from mcp.audit_events where resource_id = 'newer__test_x_mcp_header' order by at`,
    );
    await client.end();
    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', 'done']);
    expect(rows[0].details).toMatchObject({ upstream: 'newer', digest: expect.any(String) });
  });
});

describe('a call that asks for input', () => {
  it('goes on at the replica that has it, whichever replica gets the answer', async () => {
    const name = 'older__test_input_required_result_elicitation';
    for (let i = 0; i < 8; i++) {
      const { result } = await call('tools/call', { name }, { server: 'desk' });
      const { inputRequests, requestState } = result;
      const answers = Object.keys(inputRequests).map((key) => [
        key,
        { action: 'accept', content: { name: `Ann ${i}` } },
      ]);
      const retried = { name, inputResponses: Object.fromEntries(answers), requestState };
      const { result: done } = await call('tools/call', retried, { server: 'desk' });
      expect(done.content[0]?.text).toBe(`Hello, Ann ${i}!`);
    }
  });
});

describe('a member that fails', () => {
  it('does not hide the others, and what it listed is still shown', async () => {
    const { url, child } = await startHttpFixture('2026-07-28');
    await register('brief', { transport: 'streamable-http', url });
    await setServer('risky', [{ upstream: 'newer' }, { upstream: 'brief' }]);
    // Both replicas have to have seen its list.
    for (let i = 0; i < 12; i++) await call('tools/list', {}, { server: 'risky' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { result } = await call('tools/list', {}, { server: 'risky' });
    expect(result.tools.map(({ name }) => name)).toContain('newer__test_simple_text');
    const trouble = result._meta?.['io.scm/federation'];
    expect([trouble?.stale, trouble?.unavailable?.map(({ upstream }) => upstream)].flat()).toContain('brief');
    const failed = await call('tools/call', { name: 'brief__test_simple_text' }, { server: 'risky' });
    expect(failed.error).toMatchObject({ data: { code: 'UNAVAILABLE' } });
    const health = await request<object>(UpstreamApi.health.subject, { id: ids.brief });
    expect(health).toMatchObject({ healthy: false });
  });

  it('is left alone after it failed again and again', async () => {
    await register('gone', { transport: 'streamable-http', url: 'http://127.0.0.1:9/mcp' });
    await setServer('lost', [{ upstream: 'gone' }]);
    const said = async () => (await call('tools/call', { name: 'gone__x' }, { server: 'lost' })).error?.message;
    const leftAlone = async () => {
      const message = await said();
      return message?.includes('left alone') && message;
    };
    const message = await waitFor(leftAlone, { what: 'the circuit to open' });
    expect(message).toMatch(/left alone/);
  });
});

describe('a child over stdio', () => {
  const processId = async () =>
    (await call('tools/call', { name: 'test_process_id' }, { server: 'local' })).result?.content[0]?.text;

  it('runs once, whichever replica is asked, and ends with its upstream', async () => {
    const seen = new Set(await Promise.all(Array.from({ length: 12 }, processId)));
    expect(seen.size).toBe(1);
    const pid = Number([...seen][0]);
    expect(isRunning(pid)).toBe(true);
    // Also when the replica that has it ends: another one begins a child of its own.
    await Promise.all(replicas.splice(0, 1).map((replica) => replica.stop()));
    const next = await waitFor(processId, { what: 'a child at the other replica', timeoutMs: 25_000 });
    expect(Number(next)).toBeGreaterThan(0);
    if (next !== String(pid)) await waitFor(() => !isRunning(pid), { what: 'the first child to end' });
  }, 60_000);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a call whose replica is gone', () => {
  it('begins again where the tool says that this does no harm, and is refused elsewhere', async () => {
    const doomed = await mesh.start('mcp-protocol', { SCM_EGRESS_ALLOW: '127.0.0.1' });
    for (let i = 0; i < 12; i++) await call('tools/list', {}, { server: 'plain' });
    const ask = (name: string) => call('tools/call', { name, arguments: { message: 'Who?' } }, { server: 'plain' });
    const answer = ({ inputRequests, requestState }: Result, name: string) => {
      const given = { action: 'accept', content: { name: 'Ann', username: 'ann', email: 'a@example.org' } };
      const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, given]));
      const again = { name, arguments: { message: 'Who?' }, inputResponses, requestState };
      return call('tools/call', again, { server: 'plain' });
    };
    const times = Array.from({ length: 8 });
    const [harmless, other] = ['test_streaming_elicitation', 'test_elicitation'];
    const asked = await Promise.all(times.map(() => Promise.all([ask(harmless), ask(other)])));
    await doomed.kill();
    const seen = new Set<string>();
    for (const [one, two] of asked) {
      const first = await answer(one.result, harmless);
      const isAskedAgain = first.result.resultType === 'input_required';
      const last = isAskedAgain ? await answer(first.result, harmless) : first;
      expect(last.result.resultType).toBe('complete');
      const { error } = await answer(two.result, other);
      seen.add(`${isAskedAgain ? 'again' : 'on'}, ${error ? 'refused' : 'on'}`);
    }
    expect(seen).toContain('again, refused');
  });
});
