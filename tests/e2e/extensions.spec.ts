import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWholeMesh, type WholeMesh } from './whole-mesh.js';

const examples = join(import.meta.dirname, '../../docs/examples/mcp-plugins');
const fixture = join(import.meta.dirname, '../conformance/fixture/main.mjs');
const anything = { params: { type: 'object' }, result: { type: 'object' } };
const SECRET = 'sk-abcdefghijklmnopqrstuvwxyz';

let scm: WholeMesh;
let api: Server;
let token: string;
let folder: string;
const upstreams: ChildProcess[] = [];

function plugin(name: string, manifest: object, code: string): void {
  mkdirSync(join(folder, name));
  const id = `test.example/${name}`;
  writeFileSync(join(folder, name, 'manifest.json'), JSON.stringify({ id, version: '1', ...manifest }));
  writeFileSync(join(folder, name, 'index.js'), code);
}

async function startUpstream(revision: string): Promise<string> {
  const child = spawn(process.execPath, [fixture, '--revision', revision], { stdio: ['ignore', 'pipe', 'inherit'] });
  upstreams.push(child);
  return new Promise((resolve) => createInterface(child.stdout).once('line', resolve));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scm-plugins-'));
  cpSync(examples, folder, { recursive: true });
  api = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ said: `the token: hunter2hunter2, and ${SECRET}`, kept: 'plain' }));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const { port } = api.address() as AddressInfo;
  plugin(
    'hostile',
    {
      permissions: [`fetch:127.0.0.1:${port}`, 'log', 'tools:call', 'metrics:read'],
      limits: { timeMs: 500, memoryMib: 8 },
      methods: Object.fromEntries(
        ['loop', 'bomb', 'throw', 'rubbish', 'reach', 'allowed'].map((name) => [`test.example/${name}`, anything]),
      ),
    },
    `export const methods = {
      'test.example/loop': () => { for (;;); },
      'test.example/bomb': () => { const x = []; for (;;) x.push({}); },
      'test.example/throw': () => { throw new Error('the inner text'); },
      'test.example/rubbish': () => [1],
      'test.example/reach': async () => ({
        list: typeof scm.tools.list,
        process: typeof process,
        other: await scm.fetch('http://127.0.0.1:9/').catch((error) => error.message),
      }),
      'test.example/allowed': async (params, { actor }) => {
        await scm.log('asked');
        const me = await scm.tools.call('who_am_i', {});
        const metrics = await scm.metrics.query('scm_host_load1');
        const { status, body } = await scm.fetch('http://127.0.0.1:${port}/');
        return { actor, me: me.structuredContent, metrics: metrics.resultType, status, kept: JSON.parse(body).kept };
      },
    };`,
  );
  const stamped = (stage: string, direction: string, methods: string[]) => ({ stage, direction, methods });
  plugin(
    'stamp',
    {
      hooks: [
        stamped('beforeTranslation', 'fromClient', ['prompts/list', 'tools/call']),
        stamped('beforeTranslation', 'toClient', ['tools/list']),
        stamped('afterTranslation', 'toClient', ['tools/list', 'notifications/progress']),
      ],
      onFailure: 'skip',
    },
    `export const hooks = {
      beforeTranslation(value, { method, direction, revision }) {
        if (direction === 'toClient') return { ...value, _meta: { ...value._meta, 'test.example/before': [value.resultType, revision] } };
        if (method === 'prompts/list') return [];
        if (value.name === 'query_metrics') return { ...value, arguments: { query: 'scm_host_load1' } };
      },
      afterTranslation: (value, { method, revision }) =>
        method === 'tools/list'
          ? { ...value, _meta: { ...value._meta, 'test.example/after': [value.resultType ?? 'none', revision] } }
          : { ...value, message: 'seen' },
    };`,
  );
  plugin(
    'strict',
    { hooks: [{ stage: 'afterTranslation', direction: 'fromClient', methods: ['resources/read'] }] },
    `export const hooks = { afterTranslation: (value) => { if (value.uri.includes('forbidden')) throw new Error('no'); } };`,
  );
  const both = ['beforeTranslation', 'afterTranslation'];
  plugin(
    'edge',
    {
      hooks: both.flatMap((stage) =>
        ['toUpstream', 'fromUpstream'].map((direction) => stamped(stage, direction, ['prompts/get'])),
      ),
    },
    `const stamp = (value, { direction, revision }) => {
      if (direction === 'toUpstream') return { ...value, arguments: { ...value.arguments, arg1: value.arguments.arg1 + '!' } };
      const seen = value._meta?.['test.example/seen'] ?? [];
      return { ...value, _meta: { ...value._meta, 'test.example/seen': [...seen, [value.resultType ?? 'none', revision]] } };
    };
    export const hooks = { beforeTranslation: stamp, afterTranslation: stamp };`,
  );
  plugin('off', { enabled: false }, 'not even a module');
  const settings = { SCM_MCP_PLUGINS: folder };
  scm = await startWholeMesh((service) => (service === 'mcp-protocol' ? settings : {}));
  token = await scm.login();
  const document = {
    openapi: '3.1.0',
    info: { title: 'Leaky', version: '1' },
    paths: { '/': { get: { operationId: 'leak', responses: { 200: { description: 'ok' } } } } },
  };
  const body = {
    name: 'leaky',
    transport: 'rest',
    url: `http://127.0.0.1:${port}`,
    api: { document: JSON.stringify(document) },
  };
  expect((await scm.call('POST', '/api/v1/upstreams', { token, body })).status).toBe(201);
  for (const [name, revision] of [
    ['older', '2025-11-25'],
    ['newer', '2026-07-28'],
  ] as const) {
    const upstream = { name, transport: 'streamable-http', url: await startUpstream(revision) };
    expect((await scm.call('POST', '/api/v1/upstreams', { token, body: upstream })).status).toBe(201);
  }
}, 120_000);

afterAll(async () => {
  await scm?.stop();
  for (const child of upstreams) child.kill('SIGTERM');
  await new Promise((resolve) => api?.close(resolve));
  rmSync(folder, { recursive: true });
}, 60_000);

interface Reply {
  status: number;
  body: { result?: Record<string, unknown>; error?: { code: number; message: string; data?: unknown } };
  session?: string;
  /** All that came, as it came. */
  text: string;
}

async function post(message: object, headers: Record<string, string>): Promise<Reply> {
  const response = await fetch(`${scm.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
  });
  const text = await response.text();
  const data = text.startsWith('{')
    ? text
    : (text.split('\n').findLast((line) => line.startsWith('data: {')) ?? '').slice(6);
  const session = response.headers.get('mcp-session-id') ?? undefined;
  return { status: response.status, body: (data === '' ? {} : JSON.parse(data)) as Reply['body'], session, text };
}

type Ask = (method: string, params?: Record<string, unknown>, declared?: string[]) => Promise<Reply>;

/** A client of 2026-07-28 says with each request what it declares. */
const modern: Ask = (method, params = {}, declared = ['dev.scm/tool-search', 'test.example/hostile']) => {
  const extensions = Object.fromEntries(declared.map((id) => [id, {}]));
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { extensions },
    ...(params._meta as object | undefined),
  };
  const name = (params.name ?? params.uri) as string | undefined;
  return post(
    { method, params: { ...params, _meta } },
    { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...(name && { 'mcp-name': name }) },
  );
};

const opened = new Map<string, Promise<Reply>>();

/** A client of 2025-11-25 says it when it opens its session. */
const legacy: Ask = async (method, params = {}, declared = ['dev.scm/tool-search', 'test.example/hostile']) => {
  const experimental = Object.fromEntries(declared.map((id) => [id, {}]));
  const key = declared.join();
  const initialize = {
    protocolVersion: '2025-11-25',
    capabilities: { experimental },
    clientInfo: { name: 'test', version: '1' },
  };
  const opening = opened.get(key) ?? post({ method: 'initialize', params: initialize }, {});
  opened.set(key, opening);
  const { session = '', body } = await opening;
  if (method === 'initialize') return { status: 200, body, text: '' };
  return post({ method, params }, { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' });
};

describe.each<[string, Ask]>([
  ['2026-07-28', modern],
  ['2025-11-25', legacy],
])('a client of %s', (revision, ask) => {
  it('is told which extensions there are', async () => {
    const method = revision === '2026-07-28' ? 'server/discover' : 'initialize';
    const { result } = (await ask(method)).body;
    const place = revision === '2026-07-28' ? 'extensions' : 'experimental';
    expect((result as { capabilities: Record<string, object> }).capabilities[place]).toMatchObject({
      'dev.scm/redaction': { version: '1.0.0' },
      'dev.scm/tool-search': { version: '1.0.0', method: 'dev.scm/tools.search' },
    });
  });

  it('uses a method that a plugin adds, over the tools it sees itself', async () => {
    const { body } = await ask('dev.scm/tools.search', { query: 'metrics', limit: 1 });
    expect(body.result).toMatchObject({ tools: [{ name: 'query_metrics' }], total: expect.any(Number) });
    expect(body.result?.['resultType']).toBe(revision === '2026-07-28' ? 'complete' : undefined);
  });

  it('is refused a method that it did not declare, that there is not, or whose parameters are wrong', async () => {
    const undeclared = await ask('dev.scm/tools.search', { query: 'x' }, []);
    expect(undeclared.body.error).toMatchObject({
      // The code that older revisions have for it, as the rules of translation say.
      code: revision === '2026-07-28' ? -32021 : -32603,
      data: { requiredCapabilities: { extensions: { 'dev.scm/tool-search': {} } } },
    });
    expect((await ask('dev.scm/nothing')).body.error).toMatchObject({ code: -32601 });
    for (const [params, pointer] of [
      [{}, '/params/'],
      [{ query: 7 }, '/params/query'],
      [{ query: 'x', more: 1 }, '/params/'],
    ] as const) {
      const { error } = (await ask('dev.scm/tools.search', params)).body;
      expect(error).toMatchObject({ code: -32602, message: expect.stringContaining(pointer) });
    }
  });

  it('never sees what looks like a secret', async () => {
    const { body } = await ask('tools/call', { name: 'leaky__leak', arguments: {} });
    const text = JSON.stringify(body.result);
    expect(text).toContain('[redacted]');
    expect(text).toContain('plain');
    expect(text).not.toMatch(/hunter2|sk-abc/);
  });

  it('has its messages seen before and after they are translated', async () => {
    const meta = (await ask('tools/list')).body.result?.['_meta'];
    expect(meta).toMatchObject({
      'test.example/before': ['complete', revision],
      'test.example/after': [revision === '2026-07-28' ? 'complete' : 'none', revision],
    });
  });

  it('has the parameters of its request changed before anybody judges them', async () => {
    const { body } = await ask('tools/call', { name: 'query_metrics', arguments: { query: 7 } });
    expect(body.result).toMatchObject({ structuredContent: { resultType: 'vector' } });
  });

  it('has what upstreams are asked and say seen on both sides of their translation', async () => {
    for (const [upstream, spoken] of [
      ['older', '2025-11-25'],
      ['newer', '2026-07-28'],
    ] as const) {
      const name = `${upstream}__test_prompt_with_arguments`;
      const { body } = await ask('prompts/get', { name, arguments: { arg1: 'hello', arg2: 'world' } });
      expect(JSON.stringify(body.result?.['messages'])).toContain('hello!!');
      expect(body.result?.['_meta']).toMatchObject({
        'test.example/seen': [
          [spoken === '2026-07-28' ? 'complete' : 'none', spoken],
          ['complete', spoken],
        ],
      });
    }
  });

  it('has what precedes an answer changed too, before the answer comes', async () => {
    const _meta = { progressToken: 'p' };
    const { text, body } = await ask('tools/call', { name: 'older__test_tool_with_progress', arguments: {}, _meta });
    expect(text).toMatch(/"notifications\/progress".*"message":"seen"/);
    expect(body.result).toBeDefined();
  });

  it('has a message refused where a hook that must not fail does, and nothing else', async () => {
    const refused = await ask('resources/read', { uri: 'scm://forbidden' });
    expect(refused.body.error).toMatchObject({ message: expect.stringContaining('test.example/strict failed') });
    expect((await ask('resources/read', { uri: 'scm://metrics/host' })).body.result).toBeDefined();
    // What another one makes of this is nothing; it is left out.
    expect((await ask('prompts/list')).body.error?.message ?? '').not.toContain('test.example');
  });

  it.each([
    ['loops without end', 'loop', /took too long/],
    ['takes all memory', 'bomb', /too much memory|too long/],
    ['throws', 'throw', /broke off/],
    ['gives what it should not', 'rubbish', /not what it should be/],
  ])('is told when a plugin %s, and nothing else is', async (_, name, message) => {
    const [failed, other] = await Promise.all([
      ask(`test.example/${name}`),
      ask('tools/call', { name: 'who_am_i', arguments: {} }),
    ]);
    expect(failed.body.error).toMatchObject({ code: -32000, message: expect.stringMatching(message) });
    expect(JSON.stringify(failed.body)).not.toContain('the inner text');
    expect(other.body.result).toBeDefined();
    expect((await ask('test.example/reach')).body.result).toBeDefined();
  });

  it('has plugins run as itself, with what they were permitted and nothing else', async () => {
    expect((await ask('test.example/reach')).body.result).toMatchObject({
      list: 'undefined',
      process: 'undefined',
      other: expect.stringContaining('not permitted'),
    });
    expect((await ask('test.example/allowed')).body.result).toMatchObject({
      actor: { name: 'admin' },
      me: expect.objectContaining({ name: 'admin' }),
      metrics: 'vector',
      status: 200,
      kept: 'plain',
    });
  });
});

it('shows the extensions to whoever may read', async () => {
  const { status, body } = await scm.call('GET', '/api/v1/extensions', { token });
  expect(status).toBe(200);
  const items = body.items as unknown as { id: string }[];
  expect(items.map(({ id }) => id)).toEqual([
    'io.modelcontextprotocol/tasks',
    'test.example/edge',
    'test.example/hostile',
    'dev.scm/redaction',
    'test.example/stamp',
    'test.example/strict',
    'dev.scm/tool-search',
  ]);
  expect(items[6]).toMatchObject({
    isBuiltIn: false,
    permissions: ['tools:list'],
    methods: ['dev.scm/tools.search'],
    hooks: [],
    onFailure: 'refuse',
  });
});
