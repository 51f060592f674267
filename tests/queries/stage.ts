import { randomUUID } from 'node:crypto';
import { startOAuthUpstream, waitFor } from '@scm/testing';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { password, type WholeMesh } from '../e2e/whole-mesh.js';
import { stageTasks } from './stage-tasks.js';

/** What the paths of lists need. */
export type Staged = Record<string, string>;

const smallApi = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Staged', version: '1' },
  paths: { '/x': { get: { responses: { 200: { description: 'ok' } } } } },
});

/** One of everything, made as users make it, so that each service sends each of its statements. */
export async function stage(scm: WholeMesh, token: string): Promise<Staged> {
  const call = async (method: string, path: string, body?: object) => {
    const headers = { 'idempotency-key': randomUUID() };
    const answer = await scm.call(method, `/api/v1/${path}`, { token, body, headers });
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const post = (path: string, body: object = {}) => call('POST', path, body);
  const items = async (path: string) => (await call('GET', path)).items as unknown as Record<string, string>[];
  const tell = { tell: { call: 'notification', with: { title: 'told' } } };
  for (const version of ['1.0.0', '1.0.1']) {
    const about = { dsl: '1.0.3', namespace: 'spec', name: 'staged', version };
    await post('workflows', { document: { document: about, do: [tell] } });
  }
  const about = { dsl: '1.0.3', namespace: 'spec', name: 'staged-often', version: '1.0.0' };
  await post('workflows', {
    document: { document: about, schedule: { after: 'PT1S' }, do: [{ one: { set: { x: 1 } } }] },
  });
  const { executionId } = await post('workflows/staged/executions');
  const large = await post('workflows/staged/executions', { input: { text: 'x'.repeat(70_000) } });
  const { input } = await call('GET', `executions/${large.executionId}`);
  await call(
    'GET',
    `executions/${large.executionId}/payloads/${(input as unknown as { $payload: { id: string } }).$payload.id}`,
  );
  await post('rules', { alert: 'Always', expr: 'scm_host_load1 >= 0', labels: { team: 'staged' } });
  const groups = [{ name: 'staged', interval: '1s', rules: [{ record: 'staged:load', expr: 'sum(scm_host_load1)' }] }];
  await call('PUT', 'rule-files/staged', { document: { groups } });
  await call('GET', 'rule-files/staged');
  for (const path of ['rules', 'alerts']) await scm.call('GET', `/prometheus/api/v1/${path}`, { token });
  await post('metrics', { series: [{ labels: { __name__: 'staged' }, samples: [[Date.now(), 1]] }] });
  // Old enough to be sealed, and read, apart from what is in memory.
  const oldMs = Date.now() - 3 * 3_600_000;
  await post('metrics', { series: [{ labels: { __name__: 'staged' }, samples: [[oldMs, 1]] }] });
  await scm.call('GET', `/prometheus/api/v1/query?query=staged&time=${oldMs / 1_000}`, { token });
  await scm.call('POST', '/otlp/v1/metrics', { token, body: delta });
  await scm.call('GET', '/prometheus/api/v1/metadata', { token });
  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  const { id: silence } = await post('silences', { matchers: { team: 'none' }, endsAt, comment: 'x' });
  const { id: webhook } = await post('webhooks', { url: 'http://127.0.0.1:9/x' });
  const { id: contact } = await post('email-contacts', { address: 'x@example.org' });
  for (const body of ['one', 'two']) await post('templates', { channel: 'email', name: 'staged', title: 'x', body });
  await post('templates/email/staged/activate', { version: 1 });
  const { id: upstream } = await post('upstreams', { name: 'staged', transport: 'sse', url: 'http://127.0.0.1:9/x' });
  await call('PATCH', `upstreams/${upstream}`, { enabled: false });
  await call('GET', `upstreams/${upstream}`);
  await post('virtual-servers', { name: 'staged', members: [{ upstream: 'staged' }] });
  await call('GET', 'virtual-servers/staged');
  for (const path of ['virtual-servers/staged', `upstreams/${upstream}`]) await call('DELETE', path);
  await post('upstreams', { name: 'asking', transport: 'stdio', command: 'fixture' });
  await post('upstreams', { name: 'api', transport: 'rest', url: 'http://127.0.0.1:9/', api: { document: smallApi } });
  const capture = await post('mcp/captures', { method: 'tools/call' });
  await answerQuestion(scm.url, token);
  await stageTasks(scm.url, token);
  const exchanges = () => items(`mcp/captures/${capture.id}/exchanges`);
  const exchange = await waitFor(async () => (await exchanges())[0], { what: 'a captured exchange' });
  await call('GET', `mcp/exchanges/${exchange.id}`);
  await post(`mcp/captures/${capture.id}/stop`);
  const { id: gone } = await post('mcp/captures', { method: 'none' });
  await call('DELETE', `mcp/captures/${gone}`);
  await authorizeUpstream(call);
  const { id: user } = await post('users', { username: 'staged', password, role: 'viewer' });
  await call('PATCH', `users/${user}`, { role: 'operator' });
  const { refreshToken } = await post('auth/login', { username: 'staged', password });
  const { accessToken } = await post('auth/refresh', { refreshToken });
  await scm.call('POST', '/api/v1/auth/logout', { token: String(accessToken), body: {} });
  const { id: apiKey, apiKey: secret } = await post('api-keys', { name: 'staged', role: 'viewer' });
  await scm.call('GET', '/api/v1/rules', { token: String(secret) });
  const { id: notification } = await post('notifications', { key: 'staged', title: 'x', template: 'staged' });
  await post(`notifications/${notification}/read`);
  await post(`webhooks/${webhook}/test`);
  const alert = await waitFor(async () => (await items('alerts'))[0], { timeoutMs: 20_000, what: 'an alert' });
  await post(`alerts/${alert.id}/acknowledge`);
  await waitFor(async () => (await call('GET', `executions/${executionId}`)).status === 'completed', {
    timeoutMs: 20_000,
    what: 'the execution to end',
  });
  const removed = [`silences/${silence}`, `webhooks/${webhook}`, `email-contacts/${contact}`, `api-keys/${apiKey}`];
  for (const path of [...removed, 'templates/email/staged']) await call('DELETE', path);
  await waitFor(async () => (await items('schedules'))[0]?.lastAt, { timeoutMs: 20_000, what: 'a scheduled start' });
  await call('DELETE', 'schedules/staged-often');
  await call('DELETE', 'rule-files/staged');
  for (const rule of await items('rules')) await call('DELETE', `rules/${rule.id}`);
  return { id: String(executionId), 'captures id': String(capture.id), name: 'staged', channel: 'email' };
}

/** Registers a server that wants OAuth, and lets it have tokens. */
async function authorizeUpstream(
  call: (method: string, path: string, body?: object) => Promise<object>,
): Promise<void> {
  const wanting = await startOAuthUpstream();
  const target = { name: 'wanting', transport: 'streamable-http', url: wanting.url };
  const authorization = { grant: 'authorization-code' };
  const { id } = (await call('POST', 'upstreams', { ...target, authorization })) as { id: string };
  const { url } = (await call('POST', `upstreams/${id}/authorization`)) as { url: string };
  const back = await wanting.consent(url);
  await call('GET', `upstreams/authorization/callback${back.search}`);
  await call('GET', `upstreams/${id}/authorization`);
  await call('DELETE', `upstreams/${id}/authorization`);
  await call('DELETE', `upstreams/${id}`);
  await wanting.stop();
}

/** Calls a tool of a server behind the product that asks for something first, and keeps its state with the client. */
async function answerQuestion(url: string, token: string): Promise<void> {
  const capabilities = { elicitation: { form: {} } };
  const versionNegotiation = { mode: 'auto' } as const;
  const client = new Client({ name: 'spec', version: '1' }, { capabilities, versionNegotiation });
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { ok: true } }));
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  await client.callTool({ name: 'asking__test_input_required_result_request_state', arguments: {} });
  await client.close();
}

/** A delta with an exemplar, so that each of its tables is written to. */
const timeUnixNano = `${Date.now()}000000`;
const point = { timeUnixNano, asDouble: 1, exemplars: [{ timeUnixNano, asDouble: 1 }] };
const sum = { aggregationTemporality: 1, isMonotonic: true, dataPoints: [point] };
const delta = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'staged', sum }] }] }] };
