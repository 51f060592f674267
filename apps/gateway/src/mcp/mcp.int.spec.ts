import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { abortSubject, McpApi } from '@scm/contracts';
import { waitFor } from '@scm/testing';
import { messagesOf, setMcpStage, stateless, type McpStage } from '../testing/mcp-stage.js';

const revisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const info = { name: 'spec', version: '1' };
const host = 'scm://metrics/host';

let scm: McpStage;

beforeAll(async () => {
  scm = await setMcpStage({ env: { SCM_STREAM_CHECK_MS: '1000' } });
}, 60_000);

afterAll(async () => {
  await scm?.stop();
});

const initialize = (protocolVersion: string, capabilities: object = {}) => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion, capabilities, clientInfo: info },
});

async function openSession(revision: string): Promise<Record<string, string>> {
  const { headers } = await scm.send(initialize(revision));
  return { 'mcp-session-id': String(headers.get('mcp-session-id')), 'mcp-protocol-version': revision };
}

/** Reads a stream until what came matches. */
async function readUntil(response: Response, matches: (text: string) => boolean): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!matches(text)) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += value;
  }
  await reader?.cancel();
  return text;
}

describe('official clients', () => {
  it('of the first SDK work in a session', async () => {
    const client = new Client(info, { capabilities: {} });
    const transport = new StreamableHTTPClientTransport(new URL(`${scm.url()}/mcp`), {
      requestInit: { headers: { authorization: scm.headers.authorization ?? '' } },
    });
    await client.connect(transport as Parameters<Client['connect']>[0]);
    expect(client.getServerVersion()?.name).toBe('system-context-monitor');
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('query_metrics');
    await client.ping();
    const read = await client.readResource({ uri: host });
    expect(JSON.stringify(read)).toContain('scm_host_load1');
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
    await transport.terminateSession();
    await client.close();
  }, 30_000);

  it('of the first SDK work over HTTP+SSE', async () => {
    const client = new Client(info, { capabilities: {} });
    const authorization = scm.headers.authorization ?? '';
    const transport = new SSEClientTransport(new URL(`${scm.url()}/mcp/sse`), {
      requestInit: { headers: { authorization } },
      eventSourceInit: {
        fetch: (url, init) => fetch(url, { ...init, headers: { ...(init?.headers as object), authorization } }),
      },
    });
    await client.connect(transport);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('query_metrics');
    const { content } = await client.callTool({ name: 'query_metrics', arguments: { query: 'up' } });
    expect(JSON.stringify(content)).toContain('scm_host_load1');
    await client.close();
  }, 30_000);

  it.each(['legacy', 'auto', { pin: '2026-07-28' }] as const)('of the second SDK work in the mode %j', async (mode) => {
    const client = new ModernClient(info, { versionNegotiation: { mode } });
    const requestInit = { headers: { authorization: scm.headers.authorization ?? '' } };
    await client.connect(new ModernTransport(new URL(`${scm.url()}/mcp`), { requestInit }));
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('query_metrics');
    const { structuredContent } = await client.callTool({ name: 'query_metrics', arguments: { query: 'up' } });
    expect(JSON.stringify(structuredContent)).toContain('scm_host_load1');
    expect((await client.listResources()).resources).toHaveLength(1);
    await client.close();
  });
});

describe.each(revisions)('a session of %s', (revision) => {
  it('is opened, used and ended', async () => {
    const opened = await scm.send(initialize(revision));
    expect(opened.messages[0]?.result).toMatchObject({ protocolVersion: revision, capabilities: { tools: {} } });
    const session = {
      'mcp-session-id': String(opened.headers.get('mcp-session-id')),
      'mcp-protocol-version': revision,
    };
    const ready = await scm.send({ jsonrpc: '2.0', method: 'notifications/initialized' }, session);
    expect(ready).toMatchObject({ status: 202, text: '' });
    const listed = await scm.send({ jsonrpc: '2.0', id: 'a', method: 'tools/list' }, session);
    expect(listed.messages[0]?.id).toBe('a');
    expect(listed.messages[0]?.result).not.toHaveProperty('resultType');
    expect((await scm.send('', session, { method: 'DELETE' })).status).toBe(204);
    expect((await scm.send({ jsonrpc: '2.0', id: 1, method: 'ping' }, session)).status).toBe(404);
  });

  it('says -32002 for a resource that there is not', async () => {
    const session = await openSession(revision);
    const params = { uri: 'scm://nothing' };
    const { messages } = await scm.send({ jsonrpc: '2.0', id: 1, method: 'resources/read', params }, session);
    expect(messages[0]?.error).toMatchObject({ code: -32_002, data: { uri: 'scm://nothing' } });
  });
});

describe('batches', () => {
  const batch = [
    { jsonrpc: '2.0', id: 1, method: 'ping' },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', id: 2, method: 'tools/list' },
  ];

  it('are answered with a batch in 2025-03-26', async () => {
    const { messages } = await scm.send(batch, await openSession('2025-03-26'));
    expect(messages.map(({ id }) => id)).toEqual([1, 2]);
  });

  it.each(['2025-06-18', '2025-11-25'])('are refused in %s', async (revision) => {
    const { status, messages } = await scm.send(batch, await openSession(revision));
    expect([status, messages[0]?.error?.code]).toEqual([400, -32_600]);
  });
});

describe('revision 2026-07-28', () => {
  it('needs the headers that mirror the request', async () => {
    const [body, headers] = stateless('tools/list');
    for (const name of Object.keys(headers)) {
      const { [name]: _, ...rest } = headers;
      const { status, messages } = await scm.send(body, rest);
      expect([name, status, messages[0]?.error?.code]).toEqual([name, 400, -32_020]);
    }
  });

  it('names what it serves when it is asked for another revision', async () => {
    const [body, headers] = stateless('server/discover', {}, { 'io.modelcontextprotocol/protocolVersion': 'v9' });
    const { status, messages } = await scm.send(body, { ...headers, 'mcp-protocol-version': 'v9' });
    expect(status).toBe(400);
    expect(messages[0]?.error).toMatchObject({ code: -32_022, data: { supported: ['2026-07-28'], requested: 'v9' } });
  });

  it('needs _meta', async () => {
    const [body, headers] = stateless('tools/list');
    const { status, messages } = await scm.send({ ...body, params: {} }, headers);
    expect([status, messages[0]?.error?.code]).toEqual([400, -32_602]);
  });

  it.each(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'nope'])('has no %s', async (method) => {
    const [body, headers] = stateless(method, method === 'resources/subscribe' ? { uri: host } : {});
    const { status, messages } = await scm.send(body, headers);
    expect([status, messages[0]?.error?.code, messages[0]?.id]).toEqual([404, -32_601, 1]);
  });

  it('has no GET and no DELETE, whatever session is named', async () => {
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-session-id': 'x' };
    for (const method of ['GET', 'DELETE']) expect((await scm.send('', headers, { method })).status).toBe(405);
  });

  it('listens: first what was agreed to, then what changes', async () => {
    const filter = { resourceSubscriptions: [host, 'scm://nothing'], toolsListChanged: true };
    const [body, headers] = stateless('subscriptions/listen', { notifications: filter });
    const response = await fetch(`${scm.url()}/mcp`, {
      method: 'POST',
      headers: { ...scm.headers, ...headers },
      body: JSON.stringify(body),
    });
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const changing = setInterval(() => (scm.metric.value = String(Math.random())), 100);
    const text = await readUntil(response, (seen) => seen.includes('resources/updated'));
    clearInterval(changing);
    const [acknowledged, updated] = messagesOf(text);
    expect(acknowledged).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { resourceSubscriptions: [host] } },
    });
    expect(acknowledged?.params?.notifications).not.toHaveProperty('toolsListChanged');
    expect(updated?.params).toMatchObject({ uri: host, _meta: { 'io.modelcontextprotocol/subscriptionId': 1 } });
  }, 20_000);
});

describe('who may not', () => {
  it('pages of other origins, and names that were rebound', async () => {
    expect((await scm.send({}, { origin: 'http://evil.example' })).status).toBe(403);
    const other = await scm.send({}, { origin: scm.url() });
    expect(other.status).toBe(400);
  });

  it('use the session of another caller', async () => {
    const session = await openSession('2025-11-25');
    const { messages, status } = await scm.send({ jsonrpc: '2.0', id: 1, method: 'ping' }, session);
    expect([status, messages[0]?.result]).toEqual([200, {}]);
    scm.auth.id = 'k2';
    const stranger = { ...session, authorization: 'Bearer scm_key_of_another' };
    expect((await scm.send({ jsonrpc: '2.0', id: 1, method: 'ping' }, stranger)).status).toBe(404);
    scm.auth.id = 'k1';
  });

  it('listen any longer, when their key was revoked; and nobody works for them any more', async () => {
    const aborted: string[] = [];
    const heard = scm.nc.subscribe(abortSubject(McpApi.exchange), {
      callback: (_, msg) => void aborted.push(msg.string()),
    });
    const session = await openSession('2025-11-25');
    const [body, headers] = stateless('subscriptions/listen', { notifications: {} });
    const init = { method: 'POST', headers: { ...scm.headers, ...headers }, body: JSON.stringify(body) };
    const streams = await Promise.all([
      fetch(`${scm.url()}/mcp`, init),
      fetch(`${scm.url()}/mcp`, { headers: { ...scm.headers, ...session } }),
    ]);
    scm.auth.isRevoked = true;
    await Promise.all(streams.map((stream) => stream.text()));
    await waitFor(() => aborted.length === 2, { what: 'both streams to be given up' });
    scm.auth.isRevoked = false;
    heard.unsubscribe();
  }, 30_000);
});
