import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { waitFor } from '@scm/testing';
import { startWholeMesh, type WholeMesh } from './whole-mesh.js';

const pet = {
  type: 'object',
  required: ['id', 'name'],
  properties: { id: { type: 'integer' }, name: { type: 'string' } },
};
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const one = { 200: { description: 'The pet', ...json({ $ref: '#/components/schemas/Pet' }) } };
const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } };
const petstore = {
  openapi: '3.0.3',
  info: { title: 'Pets', version: '1.2', description: 'All about pets.' },
  servers: [{ url: '/v1' }],
  paths: {
    '/pets': {
      get: {
        operationId: 'listPets',
        summary: 'List pets',
        parameters: [
          { name: 'tags', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
          { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
        ],
        responses: {
          200: { description: 'Pets', ...json({ type: 'array', items: { $ref: '#/components/schemas/Pet' } }) },
        },
      },
      post: {
        operationId: 'addPet',
        requestBody: { required: true, ...json({ $ref: '#/components/schemas/Pet' }) },
        responses: { 201: one[200] },
      },
    },
    '/pets/{id}': {
      get: { operationId: 'getPet', parameters: [id], responses: one },
      delete: { operationId: 'removePet', parameters: [id], responses: { 204: { description: 'Gone' } } },
    },
    '/large': { get: { operationId: 'large', responses: { 200: { description: 'Much' } } } },
    '/elsewhere': { get: { operationId: 'elsewhere', responses: { 200: { description: 'Elsewhere' } } } },
  },
  components: { schemas: { Pet: pet } },
};

interface Seen extends Pick<IncomingMessage, 'method' | 'url' | 'headers'> {
  body: string;
}

let scm: WholeMesh;
let token: string;
let api: Server;
let site: string;
let seen: Seen[] = [];

/** A small API of its own: pets in memory. */
function startApi(): Promise<Server> {
  const pets = new Map([[1, { id: 1, name: 'Rex' }]]);
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method, url = '', headers } = request;
    seen.push({ method, url, headers, body });
    const say = (status: number, value?: unknown, more = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...more });
      response.end(value === undefined ? '' : JSON.stringify(value));
    };
    if (url === '/openapi.json') return say(200, petstore);
    if (headers['x-api-key'] !== 'secret of the API') return say(401, { error: 'who are you?' });
    if (url === '/v1/large') return say(200, 'x'.repeat(2_000_000));
    if (url === '/v1/elsewhere') return say(302, undefined, { location: 'http://127.0.0.1:9/' });
    if (url.startsWith('/v1/pets?') || url === '/v1/pets') {
      if (method === 'POST') return say(201, JSON.parse(body));
      return say(200, [...pets.values()]);
    }
    const found = pets.get(Number(url.slice('/v1/pets/'.length)));
    if (!found) return say(404, { error: 'no such pet' });
    return method === 'DELETE' ? response.writeHead(204).end() : say(200, found);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const post = (path: string, body: object) => scm.call('POST', `/api/v1/${path}`, { token, body });
const headers = { 'X-Api-Key': 'secret of the API' };

beforeAll(async () => {
  [scm, api] = await Promise.all([startWholeMesh(), startApi()]);
  token = await scm.login();
  site = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const registered = await post('upstreams', {
    name: 'pets',
    transport: 'rest',
    headers,
    api: { documentUrl: `${site}/openapi.json` },
  });
  expect([registered.status, registered.body]).toEqual([
    201,
    expect.objectContaining({
      url: `${site}/v1`,
      headers: ['X-Api-Key'],
      api: { title: 'Pets', version: '1.2', documentUrl: `${site}/openapi.json`, tools: 6, leftOut: [] },
    }),
  ]);
  expect((await post('virtual-servers', { name: 'shop', members: [{ upstream: 'pets', prefix: false }] })).status).toBe(
    201,
  );
}, 120_000);

afterAll(async () => {
  await scm?.stop();
  await new Promise((resolve) => api?.close(resolve));
}, 30_000);

async function connected(mode: 'auto' | 'legacy', server = 'shop'): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${scm.url}/mcp/${server}`), { requestInit }));
  return client;
}

const textOf = (result: object): string => (result as { content: { text: string }[] }).content[0]?.text ?? '';

describe.each(['auto', 'legacy'] as const)('an HTTP API as tools, for a client in mode %s', (mode) => {
  let client: Client;

  beforeAll(async () => {
    client = await connected(mode);
    seen = [];
  });

  afterAll(() => client.close());

  it('is listed with its schemas, title and instructions', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['addPet', 'elsewhere', 'getPet', 'large', 'listPets', 'removePet']);
    const [add, , get, , list, remove] = tools;
    expect(add?.inputSchema).toMatchObject({ required: ['body'], $defs: { Pet: pet } });
    expect(get?.annotations).toMatchObject({ readOnlyHint: true, idempotentHint: true });
    expect(list?.title).toBe('List pets');
    expect(remove?.annotations).toMatchObject({ destructiveHint: true, readOnlyHint: false });
    expect(client.getInstructions()).toBe('All about pets.');
  });

  it('is called with the secret headers and the trace, and gives text and structure', async () => {
    const listed = await client.callTool({ name: 'listPets', arguments: { tags: ['a', 'b&c'], 'X-Trace': 'mine' } });
    expect(JSON.parse(textOf(listed))).toEqual([{ id: 1, name: 'Rex' }]);
    expect(seen.at(-1)).toMatchObject({
      method: 'GET',
      url: '/v1/pets?tags=a&tags=b%26c',
      headers: { 'x-api-key': headers['X-Api-Key'], 'x-trace': 'mine', traceparent: expect.stringMatching(/^00-/) },
    });
    const got = await client.callTool({ name: 'getPet', arguments: { id: 1 } });
    expect(got.structuredContent).toEqual({ id: 1, name: 'Rex' });
    const made = await client.callTool({ name: 'addPet', arguments: { body: { id: 2, name: 'Tom' } } });
    expect(made.structuredContent).toEqual({ id: 2, name: 'Tom' });
    expect(seen.at(-1)).toMatchObject({ method: 'POST', body: '{"id":2,"name":"Tom"}' });
    expect(textOf(await client.callTool({ name: 'removePet', arguments: { id: 1 } }))).toBe('HTTP 204');
  });

  it('says as a result of the tool what the API refuses, and what cannot be sent', async () => {
    const absent = await client.callTool({ name: 'getPet', arguments: { id: 9 } });
    expect([absent.isError, textOf(absent)]).toEqual([true, 'HTTP 404\n{"error":"no such pet"}']);
    const calls = seen.length;
    for (const [name, args] of [
      ['getPet', {}],
      ['getPet', { id: '..' }],
      ['listPets', { nothing: 1 }],
    ] as const) {
      const refused = await client.callTool({ name, arguments: args });
      expect([refused.isError, textOf(refused)]).toEqual([true, expect.stringContaining('INVALID_ARGUMENT')]);
    }
    expect(seen).toHaveLength(calls);
  });

  it('is read no further than it may, and followed nowhere', async () => {
    const large = await client.callTool({ name: 'large', arguments: {} });
    expect([large.isError, textOf(large)]).toEqual([true, expect.stringContaining('more than')]);
    const elsewhere = await client.callTool({ name: 'elsewhere', arguments: {} });
    expect([elsewhere.isError, textOf(elsewhere)]).toEqual([true, 'HTTP 302 location: http://127.0.0.1:9/']);
  });
});

it('says how it is, and is read again when it is told to', async () => {
  const { body } = await scm.call('GET', '/api/v1/upstreams', { token });
  const [{ id: upstream }] = body.items as unknown as [{ id: string }];
  const path = `/api/v1/upstreams/${upstream}`;
  expect((await scm.call('GET', `${path}/health`, { token })).body).toMatchObject({ healthy: true, circuit: 'closed' });
  const fewer = await scm.call('PATCH', path, { token, body: { api: { operations: ['getPet'] } } });
  expect(fewer.body).toMatchObject({ api: { tools: 1, operations: ['getPet'] } });
  // A client keeps a list as long as it may.
  const isSeen = async () => {
    const client = await connected('auto');
    const { tools } = await client.listTools();
    await client.close();
    return tools.map(({ name }) => name).join() === 'getPet';
  };
  await waitFor(isSeen, { what: 'the registry to be read again' });
  const moved = await scm.call('PATCH', path, { token, body: { url: 'http://127.0.0.1:9/' } });
  expect(moved.body).toMatchObject({ url: 'http://127.0.0.1:9/', api: { tools: 1 } });
  expect((await scm.call('GET', `${path}/health`, { token })).body).toMatchObject({ healthy: false });
});

it('may be the product itself', async () => {
  const document = await scm.call('GET', '/api/openapi.json');
  const authorization = { Authorization: `Bearer ${token}` };
  const body = {
    name: 'self',
    transport: 'rest',
    url: scm.url,
    headers: authorization,
    api: { documentUrl: `${scm.url}/api/openapi.json` },
  };
  const { status, body: registered } = await post('upstreams', body);
  expect(status).toBe(201);
  expect(Object.keys(document.body.paths ?? {}).length).toBeGreaterThan(50);
  expect(Number((registered.api as unknown as { tools: number }).tools)).toBeGreaterThan(60);
  expect(
    (await post('virtual-servers', { name: 'mirror', members: [{ upstream: 'self', prefix: false }] })).status,
  ).toBe(201);
  const client = await connected('auto', 'mirror');
  const { tools } = await client.listTools();
  const list = tools.find(({ name }) => name === 'upstream_list');
  expect(list).toMatchObject({ annotations: { readOnlyHint: true }, outputSchema: { type: 'object' } });
  const { structuredContent } = await client.callTool({ name: 'upstream_list', arguments: { limit: 1 } });
  expect(structuredContent).toMatchObject({ items: [{ name: 'pets', transport: 'rest' }] });
  await client.close();
});

describe('a registration is refused', () => {
  const text = JSON.stringify(petstore);
  const deep = `openapi: 3.0.3\nx: ${'['.repeat(300_000)}${']'.repeat(300_000)}`;
  it.each<[string, object, string]>([
    ['without what it is about', {}, 'api'],
    ['with two documents', { api: { document: text, documentUrl: 'http://127.0.0.1:9/' } }, 'api'],
    ['with a document that is none', { api: { document: '{}' } }, 'api.document'],
    ['with a document nested too deep', { api: { document: deep } }, 'api.document'],
    [
      'with a document that refers elsewhere',
      { api: { document: text.replace('#/components/schemas/Pet', 'http://127.0.0.1/') } },
      'api.document',
    ],
    ['without a server', { api: { document: text } }, 'url'],
    ['with a query in its address', { url: 'http://127.0.0.1/?a', api: { document: text } }, 'url'],
    [
      'with an operation that there is not',
      { url: 'http://127.0.0.1/', api: { document: text, operations: ['no'] } },
      'api.operations',
    ],
    ['with a document that cannot be had', { api: { documentUrl: 'http://127.0.0.1:9/' } }, 'api.documentUrl'],
    ['with a document at an inner address', { api: { documentUrl: 'http://10.0.0.1/' } }, 'api.documentUrl'],
    ['with a command', { command: 'x', api: { document: text } }, 'command'],
    ['as an MCP server', { transport: 'sse', url: 'http://127.0.0.1/', api: { document: text } }, 'api'],
  ])('%s', async (_, change, path) => {
    const { status, body } = await post('upstreams', { name: 'refused', transport: 'rest', ...change });
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ path })]]);
  });
});
