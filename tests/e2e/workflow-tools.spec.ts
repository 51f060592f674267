import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startWholeMesh, type WholeMesh } from './whole-mesh.js';

const greet = {
  document: { dsl: '1.0.3', namespace: 'test', name: 'greet', version: '1.0.0', summary: 'Greets somebody.' },
  input: {
    schema: { document: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
  },
  do: [
    { first: { call: 'processing', with: { operations: [] } } },
    { answer: { set: { greeting: '${ "hello " + $workflow.input.name }' } } },
  ],
};
const fail = {
  document: { ...greet.document, name: 'fail', summary: 'Fails.' },
  do: [{ no: { raise: { error: { type: 'https://example.org/no', status: 400, title: 'No' } } } }],
};

let scm: WholeMesh;
let token: string;

beforeAll(async () => {
  scm = await startWholeMesh();
  token = await scm.login();
  for (const document of [greet, fail]) {
    expect((await scm.call('POST', '/api/v1/workflows', { token, body: { document } })).status).toBe(201);
  }
  const body = { name: 'flows', members: [{ upstream: 'workflows', prefix: false }] };
  expect((await scm.call('POST', '/api/v1/virtual-servers', { token, body })).status).toBe(201);
}, 60_000);

afterAll(() => scm?.stop(), 30_000);

async function connected(credential: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const requestInit = { headers: { authorization: `Bearer ${credential}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${scm.url}/mcp/flows`), { requestInit }));
  return client;
}

describe('workflows as tools of a virtual server', () => {
  it('are listed with the input that their documents name', async () => {
    const client = await connected(token);
    const { tools } = await client.listTools();
    expect(tools.map(({ name, description }) => [name, description])).toEqual([
      ['fail', 'Fails.'],
      ['greet', 'Greets somebody.'],
    ]);
    expect(tools[1]?.inputSchema).toEqual(greet.input.schema.document);
    await client.close();
  });

  it('give the output of the execution, tell its progress, and say when it fails', async () => {
    const client = await connected(token);
    const progress: number[] = [];
    const options = { onprogress: (told: { progress: number }) => void progress.push(told.progress) };
    const done = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } }, options);
    expect(done.structuredContent).toMatchObject({ status: 'completed', output: { greeting: 'hello Ada' } });
    expect(progress.length).toBeGreaterThan(0);
    const { executionId } = done.structuredContent as { executionId: string };
    expect((await scm.call('GET', `/api/v1/executions/${executionId}`, { token })).body.status).toBe('completed');
    const failed = await client.callTool({ name: 'fail', arguments: {} });
    expect([failed.isError, failed.structuredContent]).toEqual([true, expect.objectContaining({ status: 'faulted' })]);
    const refused = await client.callTool({ name: 'greet', arguments: { name: 7 } });
    expect(refused.isError).toBe(true);
    await client.close();
  });

  it('are refused where there is none, and not shown to who may not run them', async () => {
    const client = await connected(token);
    await expect(client.callTool({ name: 'none', arguments: {} })).rejects.toThrow(/no tool none/);
    await client.close();
    const name = { username: 'vera', password: 'a password of the tests', role: 'viewer' };
    await scm.call('POST', '/api/v1/users', { token, body: name });
    const viewer = await connected(await scm.login('vera'));
    expect((await viewer.listTools()).tools).toEqual([]);
    expect((await viewer.callTool({ name: 'greet', arguments: { name: 'V' } })).isError).toBe(true);
    await viewer.close();
  });
});
