import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { permissions, roles, type Permission, type Role } from '@scm/contracts';
import { Policy } from '@scm/policy';
import { waitFor } from '@scm/testing';
import { password, startWholeMesh, type Answer, type WholeMesh } from './whole-mesh.js';

const MARK = 'belongs-to-alpha';
const NOBODY = '00000000-0000-7000-8000-0000000000ff';

/** One operation of the OpenAPI document. */
interface Operation {
  method: string;
  path: string;
  access: string;
}

let scm: WholeMesh;
let operations: Operation[];
const tokens: Record<string, string> = {};
const ids: Record<string, string> = {};

beforeAll(async () => {
  scm = await startWholeMesh();
  tokens.alpha = await scm.login();
  await scm.call('POST', '/api/v1/workspaces', { token: tokens.alpha, body: { name: 'beta' } });
  tokens.beta = await scm.login('admin', 'beta');
  for (const role of roles) {
    await scm.call('POST', '/api/v1/users', { token: tokens.beta, body: { username: `beta-${role}`, password, role } });
    tokens[role] = await scm.login(`beta-${role}`);
  }
  operations = await readOperations();
  await fillAlpha(tokens.alpha);
}, 60_000);

afterAll(async () => {
  await scm?.stop();
}, 30_000);

describe('another workspace', () => {
  it('sees nothing on any route', async () => {
    const looked: string[] = [];
    for (const { method, path } of operations.filter(readsAtOnce)) {
      for (const id of path.includes('{') ? Object.values(ids) : [NOBODY]) {
        const target = filled(path, id) + queryFor(path);
        const answer = await scm.call(method, target, { token: tokens.beta });
        looked.push(target);
        expect([target, answer.status < 500]).toEqual([target, true]);
        // A refusal repeats the path that was asked.
        const told = JSON.stringify({ ...answer.body, instance: '', detail: '', error: '' });
        expect([target, told.includes(MARK)]).toEqual([target, false]);
        if (path.includes('{') && path.startsWith('/api'))
          expect([target, answer.status >= 400 || isEmptyPage(answer)]).toEqual([target, true]);
      }
    }
    expect(looked.length).toBeGreaterThan(40);
  });

  it('changes nothing of what it does not see', async () => {
    for (const { method, path } of operations.filter(
      (o) => ['POST', 'PATCH', 'DELETE'].includes(o.method) && o.path.includes('{'),
    )) {
      for (const id of Object.values(ids)) {
        const { status } = await scm.call(method, filled(path, id), {
          token: tokens.beta,
          ...(method !== 'DELETE' && { body: {} }),
        });
        expect([method, path, (path.startsWith('/mcp') ? [400, 404, 405] : [400, 404]).includes(status)]).toEqual([
          method,
          path,
          true,
        ]);
      }
    }
    const mine = await scm.call('GET', `/api/v1/executions/${ids.execution}`, { token: tokens.alpha });
    expect(mine.body.status).not.toBe('cancelled');
    expect((await scm.call('GET', '/api/v1/rules', { token: tokens.alpha })).body.items).toHaveLength(1);
  });

  it('hears nothing on any channel, while the owner does', async () => {
    const [owner, other] = await Promise.all([scm.stream(String(tokens.alpha)), scm.stream(String(tokens.beta))]);
    const channels = ['metrics:host', 'metrics:default', 'alerts', `run:${ids.execution}`, `runs:${MARK}`];
    for (const [i, ch] of channels.entries()) {
      await owner.sub(i, ch, ch.startsWith('metrics') ? undefined : 'start');
      await other.sub(i, ch, ch.startsWith('metrics') ? undefined : 'start');
    }
    await scm.call('POST', `/api/v1/workflows/${MARK}/executions`, { token: tokens.alpha, body: {} });
    await owner.wait('an event of the new run', (f) => f.t === 'ev' && f.ch === `runs:${MARK}`);
    await owner.wait('a frame of the host', (f) => f.t === 'ev' && f.ch === 'metrics:host');
    expect(other.frames.filter((f) => f.t === 'ev')).toEqual([]);
    owner.close();
    other.close();
  });

  it('gets nothing through any tool or resource', async () => {
    const calls: [string, object][] = [
      ['list_alerts', {}],
      ['list_workflows', {}],
      ['query_metrics', { query: '{__name__=~".+"}' }],
      ['get_execution', { id: ids.execution }],
      ['run_workflow', { workflow: MARK }],
      ['system_overview', {}],
      ['who_am_i', {}],
    ];
    for (const [name, input] of calls) {
      const { body } = await mcp('tools/call', { name, arguments: input }, String(tokens.beta));
      expect([
        name,
        JSON.stringify(body.result).replaceAll(JSON.stringify(input), '').includes(`"name":"${MARK}"`),
      ]).toEqual([name, false]);
      expect([name, JSON.stringify(body).includes('scm_host_load1')]).toEqual([name, false]);
    }
    const { body } = await mcp('resources/read', { uri: 'scm://metrics/host' }, String(tokens.beta));
    expect(JSON.stringify(body)).not.toContain('scm_host_load1');
  });
});

describe.each(roles)('the role %s', (role) => {
  const policy = new Policy();
  const may = (permission: string) => {
    const actor = { kind: 'user', id: 'u', name: 'u', workspaceId: NOBODY, role: role as Role } as const;
    return policy.decide({ actor, permission: permission as Permission, resource: { workspaceId: NOBODY } }).allowed;
  };

  it('gets from every route what the policy says', async () => {
    const seen = new Set<string>();
    for (const { method, path, access } of operations.filter((o) =>
      (permissions as readonly string[]).includes(o.access),
    )) {
      // A body that no contract takes: what is allowed is refused as invalid and changes nothing.
      const body =
        method === 'GET' || method === 'DELETE' ? undefined : path.startsWith('/mcp') ? '{' : { nothing: 'like this' };
      const token = String(tokens[role]);
      const status = path.endsWith('/sse')
        ? await statusOfStream(path, token)
        : (await scm.call(method, filled(path, NOBODY), { token, ...(body !== undefined && { body }) })).status;
      expect([role, method, path, status === 403]).toEqual([role, method, path, !may(access)]);
      seen.add(access);
    }
    expect(seen.size).toBeGreaterThan(20);
  });

  it('gets the same on the stream and over MCP', async () => {
    const client = await scm.stream(String(tokens[role]));
    const channels = {
      'metrics:host': 'metrics:read',
      alerts: 'alerts:read',
      'tap:x': 'captures:read',
      'runs:x': 'executions:read',
      system: 'system:read',
    };
    for (const [i, [ch, permission]] of Object.entries(channels).entries()) {
      const answer = await client.sub(i, ch);
      expect([ch, answer.t]).toEqual([ch, may(permission) ? 'subd' : 'err']);
    }
    client.close();
    const { body } = await mcp('tools/list', {}, String(tokens[role]));
    const tools = (body.result as unknown as { tools: { name: string }[] }).tools.map((tool) => tool.name);
    expect(tools.includes('run_workflow')).toBe(may('executions:write'));
    expect(tools.includes('list_alerts')).toBe(may('alerts:read'));
  });
});

async function fillAlpha(token: string | undefined): Promise<void> {
  const post = async (path: string, body: object) => (await scm.call('POST', `/api/v1/${path}`, { token, body })).body;
  const tell = { tell: { call: 'notification', with: { title: MARK } } };
  const document = { document: { dsl: '1.0.3', namespace: 'spec', name: MARK, version: '1.0.0' }, do: [tell] };
  await post('workflows', { document });
  ids.workflow = MARK;
  ids.execution = String((await post(`workflows/${MARK}/executions`, {})).executionId);
  ids.rule = String((await post('rules', { alert: 'Mark', expr: 'scm_host_load1 >= 0', labels: { mark: MARK } })).id);
  ids.silence = String(
    (await post('silences', { matchers: { mark: 'none' }, endsAt: '2999-01-01T00:00:00Z', comment: MARK })).id,
  );
  ids.webhook = String((await post('webhooks', { url: `http://127.0.0.1:9/${MARK}`, topics: ['never'] })).id);
  ids.emailContact = String((await post('email-contacts', { address: `${MARK}@example.org`, topics: ['never'] })).id);
  const template = { channel: 'webhook', name: MARK, body: JSON.stringify({ text: MARK }) };
  ids.template = String((await post('templates', template)).name);
  ids.upstream = String(
    (await post('upstreams', { name: MARK, transport: 'sse', url: `http://127.0.0.1:9/${MARK}` })).id,
  );
  ids.virtualServer = String((await post('virtual-servers', { name: MARK, members: [{ upstream: MARK }] })).name);
  ids.capture = String((await post('mcp/captures', { server: MARK })).id);
  ids.apiKey = String((await post('api-keys', { name: MARK, role: 'viewer' })).id);
  ids.user = String((await post('users', { username: MARK, password, role: 'viewer' })).id);
  await post('metrics', { series: [{ labels: { __name__: 'marked', mark: MARK }, samples: [[Date.now(), 1]] }] });
  const [alert, notification] = await waitFor(
    async () => {
      const get = async (path: string) =>
        (await scm.call('GET', path, { token })).body.items as unknown as { id: string }[];
      const [[a], [n]] = await Promise.all([get('/api/v1/alerts'), get('/api/v1/notifications')]);
      return a && n && [a, n];
    },
    { timeoutMs: 20_000 },
  );
  ids.alert = alert?.id ?? '';
  ids.notification = notification?.id ?? '';
  expect(Object.values(ids).every((id) => id && id !== 'undefined')).toBe(true);
}

async function readOperations(): Promise<Operation[]> {
  const { body } = await scm.call('GET', '/api/openapi.json');
  const paths = body.paths as unknown as Record<string, Record<string, { 'x-scm-access': string }>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      access: operation['x-scm-access'],
    })),
  );
}

/** A stream has nothing to say before somebody asks. */
function readsAtOnce({ method, path, access }: (typeof operations)[number]): boolean {
  return method === 'GET' && access !== 'public' && !path.endsWith('/sse');
}

/** Of a stream only how it begins: it does not end by itself. */
async function statusOfStream(path: string, token: string): Promise<number> {
  const response = await fetch(scm.url + path, { headers: { authorization: `Bearer ${token}` } });
  await response.body?.cancel();
  return response.status;
}

function mcp(
  method: string,
  params: { name?: string; uri?: string; arguments?: object },
  token: string,
): Promise<Answer> {
  const revision = '2026-07-28';
  const name = params.name ?? params.uri;
  const meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return scm.call('POST', '/mcp', {
    token,
    body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } },
    headers: {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': revision,
      'mcp-method': method,
      ...(name && { 'mcp-name': name }),
    },
  });
}

function filled(path: string, id: string): string {
  return path
    .replaceAll(/\{label\}/g, 'mark')
    .replaceAll(/\{channel\}/g, 'webhook')
    .replaceAll(/\{version\}/g, path.includes('/templates/') ? '1' : '1.0.0')
    .replaceAll(/\{\w+\}/g, id);
}

function queryFor(path: string): string {
  const now = Math.floor(Date.now() / 1_000);
  if (path.endsWith('/query')) return '?query={__name__=~".%2B"}';
  if (path.endsWith('/query_range')) return `?query={__name__=~".%2B"}&start=${now - 60}&end=${now}&step=5`;
  return path.endsWith('/series') ? '?match[]={__name__=~".%2B"}' : '';
}

function isEmptyPage({ body }: Answer): boolean {
  return Array.isArray(body.items) && (body.items as unknown[]).length === 0;
}
