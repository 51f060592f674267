import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Bridge } from './bridge.js';
import type { Message } from './message.js';

type Answer = (message: Message, request: IncomingMessage, response: ServerResponse) => unknown;

let server: Server;
let http: StreamableHTTPClientTransport;
let bridge: Bridge;
let answer: Answer;
const heard: Message[] = [];

beforeEach(async () => {
  heard.length = 0;
  server = createServer((request, response) => {
    void json(request).then((message) => answer(message as Message, request, response));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  http = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`));
  bridge = new Bridge(http, (message) => heard.push(message as Message));
  http.onmessage = (message) => bridge.toClient(message as Message);
  await http.start();
});

afterEach(async () => {
  await http.close();
  server.closeAllConnections();
  server.close();
});

const ask = (id: number, method = 'tools/list', params = {}): Message => ({ jsonrpc: '2.0', id, method, params });
const reply = (response: ServerResponse, message: Message, result: object, headers: Record<string, string> = {}) =>
  response
    .writeHead(200, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }));

it('has no more requests on their way than the gateway lets one caller have, and all are answered', async () => {
  let [atWork, most] = [0, 0];
  const held: (() => void)[] = [];
  answer = (message, _request, response) => {
    most = Math.max(most, ++atWork);
    held.push(() => (atWork--, reply(response, message, { tools: [] })));
    if (held.length === 32 || message.id === 200) held.splice(0).forEach((go) => setImmediate(go));
  };
  for (let id = 1; id <= 200; id++) void bridge.toServer(ask(id));
  await bridge.idle();
  expect(most).toBeLessThanOrEqual(32);
  expect(heard.map(({ id }) => id).sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 200 }, (_, i) => i + 1),
  );
});

it('lets what comes after an initialize belong to its session', async () => {
  const seen: unknown[] = [];
  answer = (message, { headers }, response) => {
    seen.push([message.id, headers['mcp-session-id'], headers['mcp-protocol-version']]);
    const protocolVersion = `2025-0${message.id === 1 ? 3 : 6}-01`;
    setImmediate(() => reply(response, message, { protocolVersion }, { 'mcp-session-id': `session-${message.id}` }));
  };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const messages = [ask(1, 'initialize', params), ask(2), ask(3, 'initialize', params), ask(4)];
  await Promise.all(messages.map((message) => bridge.toServer(message)));
  expect(seen).toEqual([
    [1, undefined, undefined],
    [2, 'session-1', '2025-03-01'],
    [3, undefined, '2025-03-01'],
    [4, 'session-3', '2025-06-01'],
  ]);
});

it('lets answers and cancellations pass what waits', async () => {
  const seen: Message[] = [];
  const held: (() => void)[] = [];
  answer = (message, _request, response) => {
    seen.push(message);
    if (message.method === 'tools/call') held.push(() => reply(response, message, { content: [] }));
    else response.writeHead(202).end();
  };
  const meta = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
  for (let id = 1; id <= 40; id++) void bridge.toServer(ask(id, 'tools/call', { name: 'x', ...meta }));
  await bridge.toServer({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 40 } });
  await bridge.toServer({ jsonrpc: '2.0', id: 'asked', result: {} });
  expect(seen.at(-1)).toMatchObject({ id: 'asked' });
  answer = (message, _request, response) => (seen.push(message), reply(response, message, { content: [] }));
  held.forEach((go) => go());
  await bridge.idle();
  expect(heard).toHaveLength(39);
  expect(seen.some(({ id }) => id === 40)).toBe(false);
});

it('goes on after messages whose parts are no texts', async () => {
  answer = (message, _request, response) => reply(response, message, { content: [] });
  const meta = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
  for (const name of [{ toString: 1 }, [{ toString: 1 }], null, 7]) {
    await bridge.toServer(ask(1, 'tools/call', { name, ...meta }));
  }
  await bridge.toServer(ask(2, 'tools/call', { name: 'x', arguments: { toString: 1 }, ...meta }));
  await bridge.idle();
  expect(heard.map(({ error }) => error?.code).filter((code) => code === -32_603)).toEqual([]);
  expect(heard.at(-1)).toMatchObject({ id: 2, result: {} });
});
