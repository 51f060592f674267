import type { JsonSchema } from '@scm/contracts';
import { waitFor } from '@scm/testing';
import { password, type WholeMesh } from '../e2e/whole-mesh.js';
import { exampleOf, OMITTED, uniqueName, type Examples } from './positions.js';

/** One operation of the OpenAPI document. */
export interface Route {
  method: string;
  path: string;
  /** `METHOD path`, for messages. */
  name: string;
  parameters: { name: string; in: string; required?: boolean; schema: JsonSchema }[];
  body?: JsonSchema;
  /** What a body may have, as it comes. */
  maxBytes: number;
}

/** The doors of those who send metrics, which read bodies by themselves. */
const writing = /^(\/prometheus)?\/api\/v1\/write$/;
const otlp = /^(\/prometheus\/api\/v1)?\/otlp\/v1\/metrics$/;
const MIB = 1_048_576;

/** Whether a compressed body is looked into, up to a bound. */
export function takesGzip({ path }: Route): boolean {
  return otlp.test(path);
}

interface Operation {
  parameters?: Route['parameters'];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

export async function readRoutes(scm: WholeMesh): Promise<Route[]> {
  const { body } = await scm.call('GET', '/api/openapi.json');
  const paths = body.paths as unknown as Record<string, Record<string, Operation>>;
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([key, { parameters = [], requestBody }]) => {
      const method = key.toUpperCase();
      const schema = requestBody?.content['application/json']?.schema;
      if (schema && alsoRequired[path]) schema.required = alsoRequired[path];
      const maxBytes = writing.test(path) || otlp.test(path) ? 4 * MIB : MIB;
      return { method, path, name: `${method} ${path}`, parameters, maxBytes, ...(schema && { body: schema }) };
    }),
  );
}

/** What the routes need besides what their schema says, or are given so that a try costs no more than it has to. */
const alsoRequired: Record<string, string[]> = {
  '/prometheus/api/v1/series': ['match'],
  '/api/v1/notifications': ['key', 'title', 'channels'],
  '/api/v1/templates': ['channel', 'name', 'title', 'body'],
  '/api/v1/upstreams': ['name', 'transport', 'url'],
  '/api/v1/templates/preview': ['channel', 'title', 'body'],
};

export const NOBODY = '00000000-0000-7000-8000-0000000000ff';

/** What requests of the tests are made with: an administrator's API key, and one of each thing that can be changed. */
export interface Stage {
  apiKey: string;
  /** An access token of the administrator. */
  token: string;
  /** An access token of a user whose password may be tried. */
  userToken: string;
  /** By the collection in the path, some with the parameter's name. */
  ids: Record<string, string>;
}

const document = {
  document: { dsl: '1.0.3', namespace: 'spec', name: 'tried', version: '1.0.0' },
  do: [{ freeTask: { call: 'notification', with: { title: 'told' } } }],
};

export async function setStage(scm: WholeMesh): Promise<Stage> {
  const token = await scm.login();
  const post = async (path: string, body: object) => (await scm.call('POST', `/api/v1/${path}`, { token, body })).body;
  await post('workflows', { document });
  await post('templates', { channel: 'email', name: 'tried', title: 'tried', body: 'tried' });
  await post('rules', { alert: 'Always', expr: 'scm_host_load1 >= 0' });
  const upstream = await post('upstreams', { name: 'tried', transport: 'sse', url: 'http://127.0.0.1:9/' });
  await post('virtual-servers', { name: 'tried', members: [{ upstream: 'tried' }] });
  const capture = await post('mcp/captures', { method: 'ping' });
  const exchange = await captured(scm, token, String(capture.id));
  const user = await post('users', { username: 'tried', password, role: 'viewer' });
  const key = await post('api-keys', { name: 'tests', role: 'admin' });
  const [alert] = await waitFor(
    async () => {
      const { items } = (await scm.call('GET', '/api/v1/alerts', { token })).body as unknown as {
        items: { id: string }[];
      };
      return items.length > 0 && items;
    },
    { timeoutMs: 20_000, what: 'an alert' },
  );
  const ids = {
    users: String(user.id),
    alerts: String(alert?.id),
    workflows: 'tried',
    'workflows version': '1.0.0',
    templates: 'tried',
    upstreams: String(upstream.id),
    'virtual-servers': 'tried',
    captures: String(capture.id),
    exchanges: exchange.id,
    'templates channel': 'email',
    'templates version': '1',
  };
  return { apiKey: String(key.apiKey), token, userToken: await scm.login('tried'), ids };
}

/** One exchange that the capture kept. */
async function captured(scm: WholeMesh, token: string, capture: string): Promise<{ id: string }> {
  const body = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const headers = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' };
  await scm.call('POST', '/mcp', { token, body, headers });
  const list = async () => {
    const answer = await scm.call('GET', `/api/v1/mcp/captures/${capture}/exchanges`, { token });
    return (answer.body.items as unknown as { id: string }[])[0];
  };
  return waitFor(list, { what: 'a captured exchange' });
}

/** Valid values where the schema alone does not tell; of one route, or of every field with that name. */
const examples: Record<string, () => unknown> = {
  '/api/v1/auth/login username': () => 'admin',
  '/api/v1/auth/login workspace': () => 'main',
  '/api/v1/users/{id} state': () => 'active',
  password: () => password,
  currentPassword: () => password,
  newPassword: () => password,
  expr: () => 'nothing > 1',
  for: () => '5m',
  keep_firing_for: () => '5m',
  query: () => 'up',
  match: () => ['up'],
  time: () => '1',
  start: () => '1',
  end: () => '2',
  step: () => '1',
  timeout: () => '1s',
  limit: () => '1',
  series: () => [{ labels: { __name__: 'tried', free: 'text' }, samples: [[Date.now(), 1]] }],
  address: () => `${uniqueName()}@example.org`,
  template: () => 'default',
  '/api/v1/events time': () => '2026-01-01T00:00:00Z',
  '/api/v1/templates channel': () => 'email',
  '/api/v1/templates/preview channel': () => 'email',
  '/api/v1/templates/{channel}/{name}/activate version': () => 1,
  '/api/v1/upstreams transport': () => 'streamable-http',
  '/api/v1/upstreams command': () => OMITTED,
  api: () => OMITTED,
  revision: () => '2025-11-25',
  message: () => ({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  members: () => [{ upstream: 'scm' }],
  authorization: () => ({
    grant: 'authorization-code',
    clientId: 'x',
    clientSecret: 'x',
    scope: 'x',
    issuer: 'http://127.0.0.1:9/',
  }),
  url: () => `http://127.0.0.1:9/${uniqueName()}`,
  channels: () => ['inbox'],
  version: () => '1.0.0',
  startsAt: () => '2998-01-01T00:00:00Z',
  '/api/v1/rule-files/{name} document': () => ({
    groups: [{ name: 'tried', rules: [{ alert: 'Tried', expr: 'nothing > 1', labels: { free: 'text' } }] }],
  }),
  document: () => ({ ...document, document: { ...document.document, name: uniqueName() } }),
};

export const examplesFor =
  (path: string): Examples =>
  (field) =>
    (examples[`${path} ${field}`] ?? examples[field])?.();

export function bodyFor({ path, body }: Route): unknown {
  return body && exampleOf(body, examplesFor(path));
}

/** Parameters that name nothing of the stage. */
const anyOf: Record<string, string> = { label: 'free', step: '1' };

/** The path with its parameters filled, one of them by a given text. */
export function pathFor(route: Route, { ids }: Stage, given: Record<string, string> = {}): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const collection = /\/([\w-]+)\/\{/.exec(route.path)?.[1] ?? '';
    const value = given[name] ?? ids[`${collection} ${name}`] ?? ids[collection] ?? anyOf[name] ?? NOBODY;
    return encodeURIComponent(value);
  });
}

/** An API key has neither a password to change nor workspaces to own, so these are tried as a user. */
export function authorization(
  { path }: Pick<Route, 'path'>,
  { apiKey, token, userToken }: Stage,
): Record<string, string> {
  const credentials: Record<string, string> = { '/api/v1/auth/password': userToken, '/api/v1/workspaces': token };
  return { authorization: `Bearer ${credentials[path] ?? apiKey}` };
}

export const changes = ({ method }: Route) => ['POST', 'PATCH', 'DELETE'].includes(method);
