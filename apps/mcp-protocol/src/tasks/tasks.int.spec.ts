import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { DEFAULT_WORKSPACE_ID, McpApi, UpstreamApi, VirtualServerApi } from '@scm/contracts';
import { connectNats, MessagingClient } from '@scm/messaging';
import { ContextSigner } from '@scm/policy';
import { startMesh, waitFor, type TestMesh, type TestService } from '@scm/testing';
import { Client } from 'pg';

const fixture = join(import.meta.dirname, '../../../../tests/conformance/fixture/main.mjs');
const extension = { 'io.modelcontextprotocol/tasks': {} };
const declared = { elicitation: { form: {} }, extensions: extension };
const accept = (content: object) => ({ action: 'accept', content });

interface Result {
  resultType: string;
  taskId: string;
  status: string;
  ttlMs: number;
  lastUpdatedAt: string;
  inputRequests: Record<string, object>;
  content: { text: string }[];
  result: { content: { text: string }[]; isError?: boolean };
  error: { code: number; message: string };
  capabilities: { extensions: object };
}

interface Told {
  method: string;
  params: Record<string, unknown>;
}

interface Reply {
  result: Result;
  error?: { code: number; data?: object };
}

let mesh: TestMesh;
let nc: NatsConnection;
let signer: ContextSigner;
let orchestrator: TestService;
const replicas: TestService[] = [];
const children: ChildProcess[] = [];
const env = { SCM_EGRESS_ALLOW: '127.0.0.1' };

async function request<T>(subject: string, body: object, as = 'u1', workspaceId = DEFAULT_WORKSPACE_ID): Promise<T> {
  const h = headers();
  h.set('Scm-Context', await signer.sign({ kind: 'user', id: as, name: 'ann', workspaceId, role: 'admin' }));
  return (await nc.request(subject, JSON.stringify(body), { timeout: 30_000, headers: h })).json<T>();
}

async function call(
  method: string,
  params: Record<string, unknown>,
  { as, workspace, capabilities = declared }: { as?: string; workspace?: string; capabilities?: object } = {},
): Promise<Reply> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  const name = (params.name ?? params.taskId) as string | undefined;
  const sent = {
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(name && { 'mcp-name': name }),
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } });
  const asked = { method: 'POST', transport: 'http', headers: sent, body, server: 'work' };
  const head = await request<{ body: string }>(McpApi.exchange.subject, asked, as, workspace);
  return JSON.parse(head.body) as Reply;
}

/** Listens to tasks until the function it gives is called. */
async function listen(taskIds: string[], hear: (message: Told) => void): Promise<() => Promise<void>> {
  const listener = await connectNats(mesh.nats.url, 'listener');
  const people = new MessagingClient(listener, signer);
  const end = new AbortController();
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': declared,
  };
  const method = 'subscriptions/listen';
  const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: { notifications: { taskIds }, _meta } });
  const sent = { accept: 'text/event-stream', 'mcp-protocol-version': '2026-07-28', 'mcp-method': method };
  const asked = { method: 'POST', transport: 'socket', headers: sent, body, server: 'work' } as const;
  const onText = (text: string) => hear(JSON.parse(text) as Told);
  const as = { kind: 'user', id: 'u1', name: 'ann', workspaceId: DEFAULT_WORKSPACE_ID, role: 'admin' } as const;
  const listening = people.stream(McpApi.exchange, asked, { onHead: () => {}, onText, signal: end.signal }, { as });
  return async () => {
    end.abort();
    await listening;
    await listener.close();
  };
}

const create = async (name: string, args: object = {}) =>
  (await call('tools/call', { name, arguments: args })).result.taskId;
const get = async (taskId: string) => (await call('tasks/get', { taskId })).result;
const has = (taskId: string, ...statuses: string[]) =>
  waitFor(
    async () => {
      const task = await get(taskId).catch(() => undefined);
      return task && statuses.includes(task.status) ? task : undefined;
    },
    { timeoutMs: 30_000, what: `${taskId} to be ${statuses.join(' or ')}` },
  );
const ended = (taskId: string) => has(taskId, 'completed', 'failed', 'cancelled');

beforeAll(async () => {
  mesh = await startMesh();
  nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
  signer = new ContextSigner(mesh.contextKey('gateway'));
  orchestrator = await mesh.start('workflow-orchestrator');
  await mesh.start('step-workers');
  for (let i = 0; i < 2; i++) replicas.push(await mesh.start('mcp-protocol', env));
  await upstream('fixture', '2026-07-28');
  await upstream('older', '2025-11-25');
  const members = [{ upstream: 'fixture', prefix: false }, { upstream: 'older' }];
  await request(VirtualServerApi.set.subject, { name: 'work', members });
}, 60_000);

async function upstream(name: string, revision: string): Promise<void> {
  const child = spawn(process.execPath, [fixture, '--revision', revision], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const url = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
  await request(UpstreamApi.create.subject, { name, transport: 'streamable-http', url });
}

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
  for (const child of children) child.kill('SIGTERM');
}, 30_000);

describe('a tool that may run as a task', () => {
  it('does so for clients that know tasks, and gives its result with the task', async () => {
    expect((await call('server/discover', {})).result.capabilities.extensions).toMatchObject(extension);
    const created = (await call('tools/call', { name: 'slow_compute', arguments: { seconds: 0 } })).result;
    expect(created).toMatchObject({ resultType: 'task', status: 'working', ttlMs: 86_400_000 });
    const task = await ended(created.taskId);
    expect([task.status, task.result.content[0]?.text]).toEqual(['completed', 'computed  for 0 s']);
  });

  it('answers others itself, unless it only runs as a task', async () => {
    const options = { capabilities: {} };
    const { result } = await call('tools/call', { name: 'slow_compute', arguments: { seconds: 0 } }, options);
    expect(result).toMatchObject({ resultType: 'complete', content: [{ type: 'text' }] });
    const { error } = await call('tools/call', { name: 'failing_job' }, options);
    expect(error).toMatchObject({ code: -32_021, data: { requiredCapabilities: { extensions: extension } } });
  });

  it('completes with what a tool says of its failure, and fails by an error of the protocol', async () => {
    expect((await ended(await create('failing_job'))).result.isError).toBe(true);
    const failed = await ended(await create('protocol_error_job'));
    expect([failed.status, failed.error.code]).toEqual(['failed', -32_603]);
  });

  it('asks, takes answers one by one, refuses what is none, and goes on when it has all', async () => {
    const taskId = await create('multi_input');
    const { inputRequests } = await has(taskId, 'input_required');
    expect(Object.keys(inputRequests)).toEqual(['first', 'second']);
    const bad = await call('tasks/update', { taskId, inputResponses: { first: { action: 'perhaps' } } });
    expect(bad.error?.code).toBe(-32_602);
    const one = { first: accept({ name: 'a' }), nobody: { asked: 'this' } };
    expect((await call('tasks/update', { taskId, inputResponses: one })).result).toEqual({ resultType: 'complete' });
    expect(Object.keys((await get(taskId)).inputRequests)).toEqual(['second']);
    await call('tasks/update', { taskId, inputResponses: { second: accept({ name: 'b' }) } });
    expect((await ended(taskId)).result.content[0]?.text).toBe('Both answers came');
  });

  it('of an older upstream goes on at the replica that has the call, whichever is told to', async () => {
    for (let i = 0; i < 6; i++) {
      const taskId = await create('older__confirm_delete', { filename: `${i}.txt` });
      const [key] = Object.keys((await has(taskId, 'input_required')).inputRequests);
      await call('tasks/update', { taskId, inputResponses: { [String(key)]: accept({ confirm: true }) } });
      expect((await ended(taskId)).result.content[0]?.text).toBe(`deleted ${i}.txt`);
    }
  });

  it('tells who listens how it goes on', async () => {
    const taskId = await create('multi_input');
    const told: string[] = [];
    const stop = await listen([taskId, '00000000-0000-7000-8000-000000000009'], (message) => {
      const { method, params } = message;
      if (method === 'notifications/tasks') told.push(String(params.status));
      else told.push(JSON.stringify(params.notifications));
    });
    await waitFor(() => told.includes('input_required'), { what: 'the question to be told' });
    const inputResponses = { first: accept({ name: 'a' }), second: accept({ name: 'b' }) };
    await call('tasks/update', { taskId, inputResponses });
    await waitFor(() => told.includes('completed'), { what: 'the end to be told' });
    await stop();
    expect(told[0]).toBe(JSON.stringify({ taskIds: [taskId] }));
  });

  it('is cancelled where it runs, and stays so', async () => {
    const taskId = await create('slow_compute', { seconds: 600 });
    for (let i = 0; i < 2; i++) {
      expect((await call('tasks/cancel', { taskId })).result).toEqual({ resultType: 'complete' });
      expect((await get(taskId)).status).toBe('cancelled');
    }
  });
});

describe('a task', () => {
  it('is nobody else’s', async () => {
    const taskId = await create('multi_input');
    const workspace = '00000000-0000-7000-8000-0000000000ff';
    const none = { code: -32_602 };
    expect((await call('tasks/get', { taskId }, { as: 'u2' })).error).toMatchObject(none);
    expect((await call('tasks/cancel', { taskId }, { as: 'u2' })).error).toMatchObject(none);
    expect((await call('tasks/update', { taskId, inputResponses: {} }, { as: 'u2' })).error).toMatchObject(none);
    expect((await call('tasks/get', { taskId: 'x' })).error).toMatchObject(none);
    expect((await call('tasks/get', { taskId }, { workspace })).error).toBeDefined();
    expect((await get(taskId)).status).not.toBe('cancelled');
  });

  it('is forgotten when its time is over', async () => {
    const taskId = await create('slow_compute', { seconds: 0 });
    await ended(taskId);
    const database = new Client({ connectionString: mesh.database.url });
    await database.connect();
    await database.query(`update mcp.tasks set expires_at = now() where id = $1`, [taskId]);
    const { rows } = await database.query(`select sealed_state from mcp.tasks where id = $1`, [taskId]);
    await database.end();
    expect(JSON.stringify(rows)).not.toContain('computed');
    expect((await call('tasks/get', { taskId })).error).toMatchObject({ code: -32_602 });
  });

  it('of the upstream itself is passed on under a name of ours', async () => {
    const name = 'test_tool_with_task';
    const first = (await call('tools/call', { name })).result as unknown as { requestState?: string };
    const retried = { name, inputResponses: { user_name: accept({ name: 'Ann' }) }, ...first };
    const { taskId } = (await call('tools/call', { ...retried, inputRequests: undefined })).result;
    expect((await ended(taskId)).result.content[0]?.text).toBe('Hello, Ann!');
    expect((await call('tasks/get', { taskId }, { as: 'u2' })).error?.code).toBe(-32_602);
  });
});

describe('what ends without warning', () => {
  it('does not lose a task: the engine, between its creation and its end', async () => {
    const taskId = await create('slow_compute', { seconds: 2, label: 'through it all' });
    await orchestrator.kill();
    const isQuiet = async () => Date.now() - Date.parse((await get(taskId)).lastUpdatedAt) > 3_000;
    expect((await get(taskId)).status).toBe('working');
    await waitFor(isQuiet, { what: 'the engine to be asked in vain' });
    orchestrator = await mesh.start('workflow-orchestrator');
    const task = await ended(taskId);
    expect([task.status, task.result?.content[0]?.text]).toEqual(['completed', 'computed through it all for 2 s']);
  }, 60_000);

  it('does not lose a task: every replica that may call its tool', async () => {
    const again = await create('slow_compute', { seconds: 3, label: 'again' });
    const once = await create('failing_job');
    for (const replica of replicas.splice(0)) await replica.kill();
    for (let i = 0; i < 2; i++) replicas.push(await mesh.start('mcp-protocol', env));
    expect((await ended(again)).result.content[0]?.text).toBe('computed again for 3 s');
    // A second call of a tool that may do harm is not made.
    expect((await ended(once)).status).toMatch(/completed|failed/);
  }, 60_000);
});
