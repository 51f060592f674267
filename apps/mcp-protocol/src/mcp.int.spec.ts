import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import {
  AlertApi,
  DEFAULT_WORKSPACE_ID,
  ExecutionApi,
  McpApi,
  MetricsApi,
  roles,
  WorkflowApi,
  type Role,
  type RpcContract,
} from '@scm/contracts';
import { schemaDrift } from '@scm/database';
import { ContextSigner, Policy } from '@scm/policy';
import { startMesh, type TestMesh } from '@scm/testing';
import { database } from './database.js';

const modern = '2026-07-28';
const tools: Record<string, string> = {
  get_execution: 'executions:read',
  list_alerts: 'alerts:read',
  list_workflows: 'workflows:read',
  query_metrics: 'metrics:read',
  run_workflow: 'executions:write',
  system_overview: 'system:read',
  who_am_i: 'mcp:use',
};

let mesh: TestMesh;
let nc: NatsConnection;
let signer: ContextSigner;

interface Reply {
  status: number;
  body: { result?: Record<string, never>; error?: { code: number; message: string } };
}

async function exchange(
  body: unknown,
  options: { role?: Role; headers?: Record<string, string>; method?: string } = {},
): Promise<Reply> {
  const { role = 'admin', method = 'POST' } = options;
  const h = headers();
  h.set(
    'Scm-Context',
    await signer.sign({ kind: 'user', id: 'u1', name: 'ann', workspaceId: DEFAULT_WORKSPACE_ID, role }),
  );
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    ...options.headers,
  };
  const asked = JSON.stringify({ method, transport: 'http', headers: sent, body: text });
  const msg = await nc.request(McpApi.exchange.subject, asked, { timeout: 10_000, headers: h });
  const reply = msg.json<{ status: number; body?: string }>();
  return { status: reply.status, body: reply.body ? JSON.parse(reply.body) : {} };
}

/** One request as the 2025 revisions write it, without a session. */
const legacy = (method: string, params: object = {}, role?: Role) =>
  exchange({ jsonrpc: '2.0', id: 1, method, params }, { role, headers: { 'mcp-protocol-version': '2025-11-25' } });

/** One request as 2026-07-28 writes it. */
function stateless(method: string, params: Record<string, unknown> = {}, role?: Role) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': modern,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'spec', version: '1' },
  };
  const name = (params.name ?? params.uri) as string | undefined;
  const mirrored = { 'mcp-protocol-version': modern, 'mcp-method': method, ...(name && { 'mcp-name': name }) };
  return exchange({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }, { role, headers: mirrored });
}

/** Answers another service's contract as that service would. */
function answer(contract: RpcContract, reply: object | ((request: object) => object)): void {
  nc.subscribe(contract.subject, {
    callback: (_, msg) => void msg.respond(JSON.stringify(typeof reply === 'function' ? reply(msg.json()) : reply)),
  });
}

beforeAll(async () => {
  mesh = await startMesh();
  nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
  signer = new ContextSigner(mesh.contextKey('gateway'));
  const vector = {
    data: { resultType: 'vector', result: [{ metric: { __name__: 'scm_host_load1' }, value: [1, '0.5'] }] },
  };
  answer(MetricsApi.query, vector);
  answer(AlertApi.list, { items: [] });
  answer(WorkflowApi.list, { items: [{ name: 'w', version: '1' }] });
  answer(ExecutionApi.list, { items: [] });
  answer(ExecutionApi.start, { executionId: DEFAULT_WORKSPACE_ID, workflow: 'w', version: '1', status: 'running' });
  answer(ExecutionApi.get, { id: DEFAULT_WORKSPACE_ID, status: 'completed', workflow: 'w', version: '1' });
  await mesh.start('mcp-protocol');
});

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
});

describe.each([
  ['2025-11-25', legacy],
  [modern, stateless],
])('in revision %s', (revision, call) => {
  it('says who it is', async () => {
    const init = { protocolVersion: revision, capabilities: {}, clientInfo: { name: 'spec', version: '1' } };
    const { body } = await (revision === modern ? call('server/discover') : call('initialize', init));
    expect(JSON.stringify(body.result)).toContain('system-context-monitor');
  });

  it('lists the tools in order, each with a schema', async () => {
    const { body } = await call('tools/list');
    const listed = body.result?.tools as unknown as { name: string; inputSchema: { type: string } }[];
    expect(listed.map((tool) => tool.name)).toEqual(Object.keys(tools));
    expect(listed.every((tool) => tool.inputSchema.type === 'object')).toBe(true);
  });

  it('calls tools and reads resources', async () => {
    const overview = await call('tools/call', { name: 'system_overview', arguments: {} });
    expect(JSON.stringify(overview.body.result?.structuredContent)).toContain('"value":0.5');
    const run = await call('tools/call', { name: 'run_workflow', arguments: { workflow: 'w', waitSeconds: 1 } });
    expect(run.body.result?.structuredContent).toMatchObject({ status: 'completed' });
    const read = await call('resources/read', { uri: 'scm://metrics/host' });
    expect(JSON.stringify(read.body.result)).toContain('scm_host_load1');
    expect((await call('resources/list')).body.result?.resources).toHaveLength(1);
    expect((await call('resources/templates/list')).body.result?.resourceTemplates).toHaveLength(1);
  });

  it('says in the result why a tool failed', async () => {
    const { body } = await call('tools/call', { name: 'query_metrics', arguments: { query: 1 } });
    expect(body.result).toMatchObject({
      isError: true,
      structuredContent: { code: 'INVALID_ARGUMENT', errors: [{ path: 'query' }] },
    });
  });

  it('answers unknown tools, resources and methods with their codes', async () => {
    expect((await call('tools/call', { name: 'nope', arguments: {} })).body.error?.code).toBe(-32_602);
    expect((await call('nope/nope')).body.error?.code).toBe(-32_601);
    expect((await call('resources/read', { uri: 'scm://nothing' })).body.error?.code).toBeLessThan(0);
  });

  it('shows and lets each role do what the policy says, no more', async () => {
    const policy = new Policy();
    for (const role of roles) {
      const actor = { kind: 'user', id: 'u1', name: 'ann', workspaceId: DEFAULT_WORKSPACE_ID, role } as const;
      const allowed = Object.entries(tools).filter(
        ([, permission]) =>
          policy.decide({
            actor,
            permission: permission as 'metrics:read',
            resource: { workspaceId: DEFAULT_WORKSPACE_ID },
          }).allowed,
      );
      const { body } = await call('tools/list', {}, role);
      const listed = ((body.result?.tools ?? []) as unknown as { name: string }[]).map((tool) => tool.name);
      expect(listed).toEqual(allowed.map(([name]) => name));
      const run = await call('tools/call', { name: 'run_workflow', arguments: { workflow: 'w' } }, role);
      const denied =
        (run.body.result?.structuredContent as { code?: string } | undefined)?.code === 'PERMISSION_DENIED';
      expect(denied).toBe(!listed.includes('run_workflow'));
    }
  });
});

describe('bad messages', () => {
  it.each([
    ['no JSON', '{', {}],
    ['an empty body', '', {}],
    ['an array', '[]', {}],
    ['deep nesting', '['.repeat(1_000), {}],
    ['no method', { jsonrpc: '2.0', id: 1 }, {}],
    ['another version', { jsonrpc: '1.0', id: 1, method: 'ping' }, {}],
    [
      'an unknown revision',
      { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} },
      { 'mcp-protocol-version': '1999-01-01' },
    ],
    [
      'headers that differ from the body',
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/list',
        params: {
          _meta: {
            'io.modelcontextprotocol/protocolVersion': modern,
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      },
      { 'mcp-protocol-version': modern, 'mcp-method': 'tools/call' },
    ],
  ])('answers %s with an error, not a fault', async (_, body, more) => {
    const reply = await exchange(body, { headers: more });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(reply.body.error?.code).toBeLessThan(0);
  });

  it('has no stream and no end without a session', async () => {
    expect((await exchange('', { method: 'GET' })).status).toBe(405);
    expect((await exchange('', { method: 'DELETE' })).status).toBe(405);
  });
});

describe('the record', () => {
  it('has a row for each call, and two for one that acts', async () => {
    const rows = await mesh.database.query<{ action: string; outcome: string }>(
      `select action, outcome from mcp.audit_events`,
    );
    const seen = new Set(rows.map((row) => `${row.action} ${row.outcome}`));
    for (const row of [
      'tools/list allowed',
      'tools/call started',
      'tools/call done',
      'tools/call denied',
      'tools/call failed',
      'resources/read allowed',
    ]) {
      expect(seen).toContain(`mcp.${row}`);
    }
  });

  it.each([
    ['2025-11-25', legacy],
    [modern, stateless],
  ])('has nothing that a client of %s did not ask for', async (_, call) => {
    const read = () => mesh.database.query<{ action: string }>(`select action from mcp.audit_events order by id`);
    const before = await read();
    await call('tools/call', { name: 'who_am_i', arguments: {} });
    expect((await read()).slice(before.length)).toEqual([{ action: 'mcp.tools/call' }]);
  });

  it('has migrations that make what the entities say', async () => {
    expect(await schemaDrift(database, mesh.database.url)).toEqual([]);
  });
});
