import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionApi } from '@scm/contracts';
import { waitFor } from '@scm/testing';
import { messagesOf, setMcpStage, stateless, type McpStage, type Message } from '../testing/mcp-stage.js';

const SESSIONS = 200;
const TURNS = 6;
const revisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
/** Waits for an execution that only ends when the spec says so. */
const slowCall = {
  jsonrpc: '2.0',
  id: 'slow',
  method: 'tools/call',
  params: { name: 'run_workflow', arguments: { workflow: 'w', waitSeconds: 20 } },
};

let scm: McpStage;

beforeAll(async () => {
  scm = await setMcpStage({ gateways: 3, replicas: 3 });
}, 90_000);

afterAll(async () => {
  await scm?.stop();
});

async function openSession(revision: string, gateway = 0): Promise<Record<string, string>> {
  const params = { protocolVersion: revision, capabilities: {}, clientInfo: { name: 'spec', version: '1' } };
  const { headers } = await scm.send({ jsonrpc: '2.0', id: 0, method: 'initialize', params }, {}, { gateway });
  return { 'mcp-session-id': String(headers.get('mcp-session-id')), 'mcp-protocol-version': revision };
}

/** The stream of a slow call: what came so far, and the promise of its end. */
async function beginSlowCall(session: Record<string, string>, gateway = 0) {
  scm.execution.status = 'running';
  const response = await fetch(`${scm.url(gateway)}/mcp`, {
    method: 'POST',
    headers: { ...scm.headers, ...session },
    body: JSON.stringify(slowCall),
  });
  const stream = { text: '', type: response.headers.get('content-type') ?? '', ended: Promise.resolve() };
  stream.ended = (async () => {
    for await (const chunk of response.body ?? []) stream.text += Buffer.from(chunk as Uint8Array).toString();
  })();
  return stream;
}

/** The replica that works on the only slow call: it alone asks for its execution. */
async function ownerOf(session: Record<string, string>): Promise<number> {
  const owners = new Set<string>();
  const heard = scm.nc.subscribe(ExecutionApi.get.subject, {
    callback: (_, msg) => void owners.add((msg.reply ?? '').split('.')[0] ?? ''),
  });
  await waitFor(() => owners.size > 0, { what: `the owner of ${session['mcp-session-id']}` });
  heard.unsubscribe();
  const [inbox = ''] = owners;
  return scm.replicas.findIndex(({ pid }) => inbox.includes(`-${pid}`));
}

describe('sessions without owners', () => {
  it(`${SESSIONS} of them go from gateway to gateway and replica to replica, and none is lost`, async () => {
    const lost: string[] = [];
    const lanes = Array.from({ length: 20 }, async (_, lane) => {
      for (let i = lane; i < SESSIONS; i += 20) {
        const session = await openSession(revisions[i % revisions.length] ?? '', i);
        for (let turn = 1; turn <= TURNS; turn++) {
          const request = { jsonrpc: '2.0', id: turn, method: turn % 2 ? 'tools/list' : 'ping' };
          const { status, messages } = await scm.send(request, session, { gateway: i + turn });
          if (status !== 200 || !messages[0]?.result) lost.push(`${i}.${turn}: ${status} ${JSON.stringify(messages)}`);
        }
      }
    });
    await Promise.all(lanes);
    expect(lost).toEqual([]);
  }, 120_000);

  it('know at every replica what changed at one', async () => {
    const session = await openSession('2025-11-25');
    const set = { jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: { level: 'debug' } };
    expect((await scm.send(set, session)).messages[0]?.result).toEqual({});
    await scm.send('', session, { method: 'DELETE', gateway: 1 });
    for (let gateway = 0; gateway < 9; gateway++) {
      const { status } = await scm.send({ jsonrpc: '2.0', id: 1, method: 'ping' }, session, { gateway });
      expect(status).toBe(404);
    }
  });

  it('over HTTP+SSE take messages at every gateway, and answer on their one stream', async () => {
    const gone = new AbortController();
    const stream = await fetch(`${scm.url()}/mcp/sse`, { headers: scm.headers, signal: gone.signal });
    let text = '';
    const read = (async () => {
      for await (const chunk of stream.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    })().catch(() => undefined);
    const endpoint = await waitFor(() => /^event: endpoint\ndata: (.+)$/m.exec(text)?.[1], { what: 'the endpoint' });
    const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'spec', version: '1' } };
    const requests = [{ jsonrpc: '2.0', id: 0, method: 'initialize', params }];
    for (let id = 1; id <= 9; id++) requests.push({ jsonrpc: '2.0', id, method: 'tools/list', params: {} as never });
    for (const [gateway, request] of requests.entries()) {
      const init = { method: 'POST', headers: scm.headers, body: JSON.stringify(request) };
      const { status } = await fetch(scm.url(gateway) + endpoint, init);
      expect(status).toBe(202);
      await waitFor(() => messagesIn(text).find(({ id }) => id === request.id)?.result, {
        what: `answer ${request.id}`,
      });
    }
    gone.abort();
    await read;
  }, 30_000);

  it('are cancelled at the replica that has the call, whoever hears of it', async () => {
    const session = await openSession('2025-11-25');
    const call = await beginSlowCall(session);
    expect(call.type).toBe('text/event-stream');
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'slow' } };
    await scm.send(cancelled, session, { gateway: 1 });
    await call.ended;
    expect(messagesOf(call.text)).toEqual([]);
  }, 30_000);
});

describe('a stream that is lost', () => {
  it('is gone on with by its client, at another gateway', async () => {
    const session = await openSession('2025-11-25');
    const call = await beginSlowCall(session);
    const place = await waitFor(() => /^id: (.+)$/m.exec(call.text)?.[1], { what: 'the first event' });
    expect(call.text).toMatch(/^retry: \d+$/m);
    const resumed = fetch(`${scm.url(2)}/mcp`, { headers: { ...scm.headers, ...session, 'last-event-id': place } });
    scm.execution.status = 'completed';
    const [again] = messagesOf(await (await resumed).text());
    await call.ended;
    expect(again).toMatchObject({ id: 'slow', result: { structuredContent: { status: 'completed' } } });
    expect(messagesOf(call.text)).toEqual([again]);
  }, 30_000);

  it.each(['2025-03-26', '2025-11-25'])(
    'goes on when its replica is asked to stop, in %s',
    async (revision) => {
      const session = await openSession(revision);
      const call = await beginSlowCall(session);
      const owner = await ownerOf(session);
      const stopped = scm.replicas[owner]?.stop();
      await waitFor(() => scm.replicas[owner]?.log().includes('stopping'), { what: 'the replica to stop' });
      scm.execution.status = 'completed';
      await call.ended;
      expect(messagesOf(call.text)).toMatchObject([{ id: 'slow', result: { content: [{ type: 'text' }] } }]);
      expect(await stopped).toBe(0);
      scm.replicas[owner] = await scm.mesh.start('mcp-protocol');
    },
    60_000,
  );

  it('of 2026-07-28 is closed with a result when its replica is asked to stop', async () => {
    const [body, more] = stateless('subscriptions/listen', { notifications: {} });
    const init = { method: 'POST', headers: { ...scm.headers, ...more }, body: JSON.stringify(body) };
    const streams = await Promise.all(Array.from({ length: 12 }, () => fetch(`${scm.url()}/mcp`, init)));
    const texts = streams.map((stream) => stream.text());
    await Promise.all(scm.replicas.map((replica) => replica.stop()));
    for (const text of await Promise.all(texts)) {
      const [acknowledged, result] = messagesOf(text);
      expect(acknowledged?.method).toBe('notifications/subscriptions/acknowledged');
      expect(result).toMatchObject({
        id: 1,
        result: { resultType: 'complete', _meta: { 'io.modelcontextprotocol/subscriptionId': 1 } },
      });
    }
    scm.replicas.splice(0, 3, ...(await Promise.all([1, 2, 3].map(() => scm.mesh.start('mcp-protocol')))));
  }, 60_000);

  it('is answered with an error when its replica is killed', async () => {
    const session = await openSession('2025-11-25');
    const call = await beginSlowCall(session);
    const owner = await ownerOf(session);
    await scm.replicas[owner]?.kill();
    await call.ended;
    expect(messagesOf(call.text)).toMatchObject([{ id: 'slow', error: { code: -32_603 } }]);
    scm.replicas[owner] = await scm.mesh.start('mcp-protocol');
  }, 60_000);
});

/** The messages that came so far, without the address of the session. */
function messagesIn(text: string): Message[] {
  return messagesOf(text.replace(/^event: endpoint\n.*$/m, '').replace(/[^\n]*$/, ''));
}
