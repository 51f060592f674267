import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CallToolResultSchema,
  ElicitRequestSchema,
  TaskStatusNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { waitFor } from '@scm/testing';
import { startWholeMesh, type WholeMesh } from './whole-mesh.js';

const fixture = join(import.meta.dirname, '../conformance/fixture/main.mjs');
const builder = join(import.meta.dirname, 'task-upstream.mjs');
const hold = {
  document: { dsl: '1.0.3', namespace: 'test', name: 'hold', version: '1.0.0' },
  do: [{ on: { listen: { to: { one: { with: { type: 'scm.signal.go' } } } } } }],
};

let scm: WholeMesh;
let token: string;
const children: ChildProcess[] = [];

async function upstream(name: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const url = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
  const body = { name, transport: 'streamable-http', url };
  expect((await scm.call('POST', '/api/v1/upstreams', { token, body })).status).toBe(201);
}

beforeAll(async () => {
  scm = await startWholeMesh();
  token = await scm.login();
  await upstream('fixture', fixture, '--revision', '2026-07-28');
  await upstream('older', fixture, '--revision', '2025-11-25');
  await upstream('builder', builder);
  await scm.call('POST', '/api/v1/workflows', { token, body: { document: hold } });
  const members = ['fixture', 'builder', 'workflows'].map((one) => ({ upstream: one, prefix: false }));
  const body = { name: 'work', members: [...members, { upstream: 'older' }] };
  expect((await scm.call('POST', '/api/v1/virtual-servers', { token, body })).status).toBe(201);
}, 60_000);

afterAll(async () => {
  await scm?.stop();
  for (const child of children) child.kill('SIGTERM');
}, 30_000);

/** The official client of 2025-11-25, which answers what it is asked. */
async function connected(): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: { form: {} } } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { confirm: true, name: 'Ann' } }));
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${scm.url}/mcp/work`), { requestInit }));
  return client;
}

/** What the client's stream of a call says, in order. */
async function stream(client: Client, name: string, args: Record<string, unknown> = {}) {
  const seen: string[] = [];
  let text = '';
  for await (const message of client.experimental.tasks.callToolStream({ name, arguments: args })) {
    seen.push(message.type);
    if (message.type === 'error') throw message.error;
    if (message.type === 'result') text = JSON.stringify(message.result);
  }
  return { seen, text };
}

describe('a client of 2025-11-25', () => {
  it('sees which tools run as tasks, and gets their results as it asks for them', async () => {
    const client = await connected();
    expect(client.getServerCapabilities()?.tasks).toEqual({ list: {}, cancel: {}, requests: { tools: { call: {} } } });
    const { tools } = await client.listTools();
    const support = Object.fromEntries(tools.map(({ name, execution }) => [name, execution?.taskSupport]));
    expect(support).toMatchObject({ slow_compute: 'optional', failing_job: 'required', build: 'required' });
    expect([support.hold, support.greet]).toEqual(['optional', undefined]);
    const done = await stream(client, 'slow_compute', { seconds: 0.2, label: 'a' });
    expect([done.seen[0], done.seen.at(-1)]).toEqual(['taskCreated', 'result']);
    expect(done.text).toContain('computed a for 0.2 s');
    expect((await stream(client, 'build')).text).toContain('built');
    await client.close();
  }, 60_000);

  it('is asked for what a task wants to know, and told how it goes on', async () => {
    const client = await connected();
    const told: string[] = [];
    client.setNotificationHandler(TaskStatusNotificationSchema, ({ params }) => void told.push(params.status));
    await client.listTools();
    const { text } = await stream(client, 'confirm_delete', { filename: 'x.txt' });
    expect(text).toContain('deleted x.txt');
    await waitFor(() => told.includes('completed'), { what: 'the status to be told' });
    expect((await stream(client, 'older__confirm_delete', { filename: 'y.txt' })).text).toContain('deleted y.txt');
    await client.close();
  }, 60_000);

  it('lists its tasks, cancels them, and is refused what has ended', async () => {
    const client = await connected();
    const { tasks } = client.experimental;
    const task = { task: { ttl: 60_000 } };
    const params = { name: 'slow_compute', arguments: { seconds: 600 } };
    const created = await client.request({ method: 'tools/call', params: { ...params, ...task } }, anyResult());
    const { taskId } = (created as unknown as { task: { taskId: string } }).task;
    expect((await tasks.listTasks()).tasks[0]).toMatchObject({ taskId, status: 'working' });
    expect(await tasks.cancelTask(taskId)).toMatchObject({ taskId, status: 'cancelled' });
    await expect(tasks.cancelTask(taskId)).rejects.toMatchObject({ code: -32_602 });
    await expect(tasks.getTaskResult(taskId, CallToolResultSchema)).rejects.toThrow(/cancelled/);
    await expect(tasks.getTask('00000000-0000-7000-8000-000000000009')).rejects.toMatchObject({ code: -32_602 });
    await client.close();
  }, 60_000);

  it('gets the result of what only runs as a task, without knowing that it was one', async () => {
    const client = await connected();
    const call = (name: string) => client.request({ method: 'tools/call', params: { name } }, CallToolResultSchema);
    expect(await call('build')).toMatchObject({ content: [{ type: 'text', text: 'built' }] });
    expect((await call('failing_job')).isError).toBe(true);
    await client.close();
  }, 60_000);

  it('knows a task that a newer upstream keeps itself by a name of ours', async () => {
    const client = await connected();
    const params = { name: 'test_tool_with_task', arguments: {}, task: {} };
    const created = await client.request({ method: 'tools/call', params }, anyResult());
    const { taskId } = (created as unknown as { task: { taskId: string } }).task;
    const result = await client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema);
    expect(result.content).toEqual([{ type: 'text', text: 'Hello, Ann!' }]);
    expect((await client.experimental.tasks.getTask(taskId)).status).toBe('completed');
    await client.close();
  }, 60_000);

  it('runs workflows as tasks, which have the ids of their executions', async () => {
    const client = await connected();
    const created = await client.request(
      { method: 'tools/call', params: { name: 'hold', arguments: {}, task: {} } },
      anyResult(),
    );
    const { taskId } = (created as unknown as { task: { taskId: string } }).task;
    expect((await scm.call('GET', `/api/v1/executions/${taskId}`, { token })).body.workflow).toBe('hold');
    expect((await client.experimental.tasks.getTask(taskId)).status).toBe('working');
    await scm.call('POST', `/api/v1/executions/${taskId}/signals/go`, { token, body: {} });
    const result = await client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema);
    expect(result.structuredContent).toMatchObject({ executionId: taskId, status: 'completed' });
    await client.close();
  }, 60_000);
});

/** The client would judge the answer as that of a call without a task. */
function anyResult() {
  return CallToolResultSchema.partial().passthrough();
}
