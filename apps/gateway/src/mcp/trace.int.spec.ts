import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setMcpStage, stateless, type McpStage, type Message } from '../testing/mcp-stage.js';

interface Heard {
  headers: IncomingHttpHeaders;
  meta: Record<string, string>;
}

let scm: McpStage;
let upstream: Server;
/** What calls the upstream got. */
const heard: Heard[] = [];

/** An upstream of 2026-07-28 with one tool. */
function answerTo({ id, method, params }: Message, headers: IncomingHttpHeaders): object {
  const cache = { ttlMs: 0, cacheScope: 'private' };
  if (method === 'tools/call') heard.push({ headers, meta: params?._meta as Record<string, string> });
  const results: Record<string, object> = {
    'server/discover': {
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      serverInfo: { name: 'u', version: '1' },
      ...cache,
    },
    'tools/list': { tools: [{ name: 'noop', inputSchema: { type: 'object' } }], ...cache },
    'tools/call': { content: [] },
  };
  return { jsonrpc: '2.0', id, result: { resultType: 'complete', ...results[String(method)] } };
}

beforeAll(async () => {
  scm = await setMcpStage({ env: { SCM_EGRESS_ALLOW: '127.0.0.1' } });
  upstream = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answerTo(JSON.parse(text) as Message, request.headers)));
    });
  });
  await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/mcp`;
  const body = JSON.stringify({ name: 'far', transport: 'streamable-http', url });
  await fetch(`${scm.url()}/api/v1/upstreams`, { method: 'POST', headers: scm.headers, body });
}, 60_000);

afterAll(async () => {
  upstream?.close();
  await scm?.stop();
});

const parent = (trace: string) => `00-${trace}-00f067aa0ba902b7-01`;

async function call(meta: object, more: Record<string, string> = {}): Promise<Heard> {
  heard.length = 0;
  const [body, headers] = stateless('tools/call', { name: 'far__noop', arguments: {} }, { ...meta });
  const { messages } = await scm.send(body, { ...headers, ...more });
  expect(messages[0]?.result).toBeDefined();
  expect(heard).toHaveLength(1);
  return heard[0]!;
}

it('tells an upstream its own span, in the header and in `_meta`, of the trace that HTTP brought', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const { headers, meta } = await call({}, { traceparent: parent(trace) });
  expect(meta.traceparent).toMatch(new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-`));
  expect(headers.traceparent).toBe(meta.traceparent);
});

it('goes on with the trace that only `_meta` names', async () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const { headers, meta } = await call({ traceparent: parent(trace), tracestate: 'congo=t61rcWkgMzE' });
  expect(meta.traceparent).toMatch(new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-`));
  expect(meta.tracestate).toBe('congo=t61rcWkgMzE');
  expect(headers.traceparent).toBe(meta.traceparent);
});

it('is not led astray by what is no trace', async () => {
  const { meta } = await call({ traceparent: 'nonsense' });
  expect(meta.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-/);
});
