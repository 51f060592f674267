import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { waitFor } from '@scm/testing';
import { setMcpStage, stateless, type McpStage, type Message } from '../testing/mcp-stage.js';

const uri = 'far://counted';
const revision = '2026-07-28';

let scm: McpStage;
let upstream: Server;
let reads = 0;
/** The stream of whoever listens at the upstream. */
let listening: { answer: ServerResponse; id: Message['id'] } | undefined;

function tell(message: object): void {
  listening?.answer.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
}

/** An upstream of 2026-07-28 whose resource says how often it was read, and that this holds for a minute. */
function answerTo({ id, method, params }: Message, answer: ServerResponse): void {
  const mark = { 'io.modelcontextprotocol/subscriptionId': id };
  if (method === 'subscriptions/listen') {
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    listening = { answer, id };
    const agreed = { notifications: params?.notifications, _meta: mark };
    return tell({ method: 'notifications/subscriptions/acknowledged', params: agreed });
  }
  if (method === 'resources/read') reads += 1;
  const list = { ttlMs: 0, cacheScope: 'private' };
  const capabilities = { resources: { subscribe: true } };
  const results: Record<string, object> = {
    'server/discover': {
      supportedVersions: [revision],
      capabilities,
      serverInfo: { name: 'u', version: '1' },
      ...list,
    },
    'resources/list': { resources: [{ uri, name: 'counted' }], ...list },
    'resources/read': { contents: [{ uri, text: `read ${reads}` }], ttlMs: 60_000, cacheScope: 'private' },
  };
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...results[String(method)] } }));
}

beforeAll(async () => {
  scm = await setMcpStage({ replicas: 2, env: { SCM_EGRESS_ALLOW: '127.0.0.1' } });
  upstream = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => answerTo(JSON.parse(text) as Message, response));
  });
  await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/mcp`;
  const post = (path: string, body: object) =>
    fetch(`${scm.url()}/api/v1/${path}`, { method: 'POST', headers: scm.headers, body: JSON.stringify(body) });
  await post('upstreams', { name: 'far', transport: 'streamable-http', url });
  await post('virtual-servers', { name: 'desk', members: [{ upstream: 'far', prefix: false }] });
}, 60_000);

afterAll(async () => {
  upstream?.closeAllConnections();
  upstream?.close();
  await scm?.stop();
});

function ask(method: string, params: Record<string, unknown>): Promise<Response> {
  const [body, headers] = stateless(method, params);
  const init = { method: 'POST', headers: { ...scm.headers, ...headers }, body: JSON.stringify(body) };
  return fetch(`${scm.url()}/mcp/desk`, init);
}

async function read(): Promise<{ text: string; ttlMs: number }> {
  const { result } = (await (await ask('resources/read', { uri })).json()) as { result: never };
  const { contents, ttlMs } = result as { contents: { text: string }[]; ttlMs: number };
  return { text: String(contents[0]?.text), ttlMs };
}

it('asks an upstream once a replica for what it says holds for a while, until it says that it changed', async () => {
  const listener = await ask('subscriptions/listen', { notifications: { resourceSubscriptions: [uri] } });
  await waitFor(() => listening, { what: 'somebody to listen' });
  const old = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const { text, ttlMs } = await read();
    expect(ttlMs).toBeLessThanOrEqual(60_000);
    old.add(text);
  }
  expect(reads).toBeLessThanOrEqual(2);
  const mark = { 'io.modelcontextprotocol/subscriptionId': listening?.id };
  tell({ method: 'notifications/resources/updated', params: { uri, _meta: mark } });
  const isNew = async () => {
    const texts = (await Promise.all(Array.from({ length: 20 }, read))).map(({ text }) => text);
    return texts.every((text) => !old.has(text));
  };
  await waitFor(isNew, { what: 'both replicas to forget what was' });
  await listener.body?.cancel();
});
