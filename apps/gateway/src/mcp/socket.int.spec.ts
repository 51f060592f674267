import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decode, encode } from '@msgpack/msgpack';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { WebSocketClientTransport } from '@modelcontextprotocol/sdk/client/websocket.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { waitFor } from '@scm/testing';
import WebSocket from 'ws';
import { setMcpStage, stateless, type McpStage, type Message } from '../testing/mcp-stage.js';

const host = 'scm://metrics/host';
let scm: McpStage;

beforeAll(async () => {
  scm = await setMcpStage({ replicas: 2 });
}, 60_000);

afterAll(async () => {
  await scm?.stop();
});

const socketUrl = () => new URL(`${scm.url().replace('http', 'ws')}/mcp`);

/** A socket whose messages are kept. */
async function open(protocols: string[], { query = '', headers = {} }: { query?: string; headers?: object } = {}) {
  const authorization = scm.headers.authorization ?? '';
  const socket = new WebSocket(`${socketUrl().href}${query}`, protocols, { headers: { authorization, ...headers } });
  const messages: Message[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    messages.push((isBinary ? decode(data) : JSON.parse(data.toString())) as Message);
  });
  const opened = new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  await opened;
  return {
    socket,
    messages,
    ask: async (message: object, write: (m: object) => string | Uint8Array = JSON.stringify) => {
      const { id } = message as Message;
      socket.send(write(message));
      return waitFor(() => messages.find((found) => found.id === id), { what: `the answer to ${String(id)}` });
    },
  };
}

async function savedBytes(by: string): Promise<number> {
  const text = await (await fetch(`${scm.url()}/metrics`)).text();
  return Number(new RegExp(`^scm_mcp_socket_saved_bytes_total\\{by="${by}"[^}]*\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

describe('a socket', () => {
  it('serves the official client, and tells it what it subscribed to', async () => {
    const Plain = globalThis.WebSocket;
    const headers = { authorization: scm.headers.authorization ?? '' };
    // The client has no way to set a header.
    globalThis.WebSocket = class extends Plain {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, { protocols, headers } as unknown as string[]);
      }
    } as typeof Plain;
    const client = new Client({ name: 'spec', version: '1' }, { capabilities: {} });
    await client.connect(new WebSocketClientTransport(socketUrl()));
    globalThis.WebSocket = Plain;
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('query_metrics');
    const updates: string[] = [];
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void updates.push(params.uri));
    await client.subscribeResource({ uri: host });
    await waitFor(
      () => {
        scm.metric.value = String(Math.random());
        return updates.includes(host);
      },
      { what: 'an update of the resource', timeoutMs: 20_000 },
    );
    await client.close();
  }, 40_000);

  it('serves revision 2026-07-28 without a session, and ends what is cancelled', async () => {
    const { ask, socket, messages } = await open(['mcp']);
    const [list] = stateless('tools/list');
    expect((await ask(list)).result).toMatchObject({ resultType: 'complete', cacheScope: 'private' });
    const [listen] = stateless('subscriptions/listen', { notifications: { resourceSubscriptions: [host] } });
    socket.send(JSON.stringify({ ...listen, id: 'l' }));
    await waitFor(() => messages.find(({ method }) => method?.endsWith('acknowledged')), { what: 'the agreement' });
    const params = { requestId: 'l' };
    socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
    const [other] = stateless('tools/list');
    expect((await ask({ ...other, id: 'after' })).result).toBeDefined();
    expect(messages.find(({ id }) => id === 'l')).toBeUndefined();
    socket.close();
  }, 20_000);

  it('speaks MessagePack when the client wants that, and counts what it spares', async () => {
    const { ask, socket } = await open(['mcp.msgpack']);
    expect(socket.protocol).toBe('mcp.msgpack');
    const [list] = stateless('tools/list');
    expect(JSON.stringify((await ask(list, encode)).result)).toContain('query_metrics');
    expect(await savedBytes('msgpack')).toBeGreaterThan(0);
    socket.close();
  });

  it('is deflated when the client asks for it, and counts what that spares', async () => {
    const { ask, socket } = await open(['mcp'], { query: '?z=1' });
    expect(socket.extensions).toContain('permessage-deflate');
    const [list] = stateless('tools/list');
    await ask(list);
    socket.close();
    await waitFor(async () => (await savedBytes('deflate')) > 0, { what: 'the count of spared bytes' });
    const plain = await open(['mcp']);
    expect(plain.socket.extensions).toBe('');
    plain.socket.close();
  });

  it('takes the credential as a subprotocol, where no header can be set', async () => {
    const { ask, socket } = await open(['mcp', 'scm.bearer.scm_key_of_a_page'], { headers: { authorization: '' } });
    expect(socket.protocol).toBe('mcp');
    const [list] = stateless('tools/list');
    expect((await ask(list)).result).toBeDefined();
    socket.close();
  });

  it.each<[string, string[], object, string]>([
    ['no credential', ['mcp'], { authorization: '' }, '401'],
    ['another subprotocol', ['other'], {}, '400'],
    ['another origin', ['mcp'], { origin: 'http://evil.example' }, '403'],
  ])('is refused with %s', async (_, protocols, headers, status) => {
    await expect(open(protocols, { headers })).rejects.toThrow(status);
  });

  it.each<[string, string | Uint8Array, string[]]>([
    ['no JSON', '{', ['mcp']],
    ['bytes', new Uint8Array([1, 2]), ['mcp']],
    ['text', '{}', ['mcp.msgpack']],
    ['no MessagePack', new Uint8Array([0xc1]), ['mcp.msgpack']],
    ['no message', '[]', ['mcp']],
  ])('answers %s with an error', async (_, data, protocols) => {
    const { socket, messages } = await open(protocols);
    socket.send(data);
    const answer = await waitFor(() => messages[0], { what: 'an answer' });
    expect(answer.error?.code).toBeLessThan(0);
    expect(answer.error?.code).not.toBe(-32_603);
    socket.close();
  });
});
