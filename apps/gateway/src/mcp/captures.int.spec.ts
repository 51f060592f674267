import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  Capture,
  CapturedExchange,
  CapturedExchangeSummary,
  MessageJudgement,
  UpstreamDiagnosis,
} from '@scm/contracts';
import { waitFor } from '@scm/testing';
import { setMcpStage, stateless, type McpStage } from '../testing/mcp-stage.js';
import { openStream } from '../testing/stream-client.js';

const fixture = join(import.meta.dirname, '../../../../tests/conformance/fixture/main.mjs');

let scm: McpStage;
let upstream: ChildProcess;

beforeAll(async () => {
  scm = await setMcpStage({ replicas: 2, env: { SCM_EGRESS_ALLOW: '127.0.0.1' } });
  upstream = spawn(process.execPath, [fixture, '--revision', '2025-11-25'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve) => createInterface(upstream.stdout!).once('line', resolve));
  await api('POST', 'upstreams', { name: 'older', transport: 'streamable-http', url });
  await api('POST', 'virtual-servers', { name: 'desk', members: [{ upstream: 'older', prefix: false }] });
}, 60_000);

afterAll(async () => {
  if (upstream?.exitCode === null) {
    upstream.kill();
    await once(upstream, 'exit');
  }
  await scm?.stop();
});

interface Reply<T> {
  status: number;
  body: T;
}

async function api<T>(method: string, path: string, body?: object): Promise<Reply<T>> {
  const init = { method, headers: scm.headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${scm.url()}/api/v1/${path}`, init);
  return { status: response.status, body: (await response.json()) as T };
}

const start = async (request: object) => (await api<Capture>('POST', 'mcp/captures', request)).body;

async function exchangesOf({ id }: Capture, count: number): Promise<CapturedExchangeSummary[]> {
  let items: CapturedExchangeSummary[] = [];
  const listed = async () => {
    items = (await api<{ items: CapturedExchangeSummary[] }>('GET', `mcp/captures/${id}/exchanges`)).body.items;
    return items.length >= count;
  };
  await waitFor(listed, { what: `${count} captured exchanges` });
  return items;
}

const whole = async ({ id }: { id: string }) => (await api<CapturedExchange>('GET', `mcp/exchanges/${id}`)).body;

async function callDesk(name: string, args: object = {}): Promise<void> {
  const [body, headers] = stateless('tools/call', { name, arguments: args });
  const init = { method: 'POST', headers: { ...scm.headers, ...headers }, body: JSON.stringify(body) };
  const answer = await fetch(`${scm.url()}/mcp/desk`, init);
  await answer.text();
}

/** A session of an older revision; the function sends a request in it. */
async function openSession(protocolVersion: string) {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'c', version: '1' } };
  const { headers } = await scm.send({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  const session = {
    'mcp-session-id': String(headers.get('mcp-session-id')),
    'mcp-protocol-version': protocolVersion,
  };
  return (method: string, more: object = {}) => scm.send({ jsonrpc: '2.0', id: 1, method, params: more }, session);
}

describe('a capture', () => {
  it('keeps what a client of an older revision said and was told, beside its canonical form', async () => {
    const capture = await start({ method: 'tools/list' });
    const send = await openSession('2024-11-05');
    await send('tools/list');
    const [summary] = await exchangesOf(capture, 1);
    expect(summary).toMatchObject({
      method: 'tools/list',
      revision: '2024-11-05',
      outcome: 'result',
      transport: 'http',
    });
    const { frames: all, redacted, omitted } = await whole(summary!);
    const frames = all.filter(({ peer }) => peer === 'client');
    expect(frames.map(({ direction, kind }) => `${direction} ${kind}`)).toEqual(['received request', 'sent result']);
    expect(all[1]).toMatchObject({ peer: 'upstream', upstream: 'older', direction: 'sent', revision: '2025-11-25' });
    expect(frames[0]?.canonical).toMatchObject({
      params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
    });
    expect(frames[1]?.canonical).toMatchObject({ result: { resultType: 'complete' } });
    expect(frames[1]?.message).toMatchObject({ id: 1, result: { tools: expect.any(Array) } });
    expect(frames[1]?.rules).toContainEqual({ rule: '2025-03-26/tool-annotations', class: 'lossy', direction: 'down' });
    expect(all.filter(({ problem, canonicalProblem }) => problem ?? canonicalProblem)).toEqual([]);
    expect({ redacted, omitted }).toEqual({ redacted: 0, omitted: 0 });
  });

  it('shows what an upstream of another revision was asked and answered', async () => {
    const capture = await start({ server: 'desk', method: 'tools/call' });
    await callDesk('test_tool_with_logging');
    const [summary] = await exchangesOf(capture, 1);
    const { frames, name, server } = await whole(summary!);
    expect({ name, server }).toEqual({ name: 'test_tool_with_logging', server: 'desk' });
    const said = frames.map(({ peer, direction, kind, revision }) => `${peer} ${direction} ${kind} ${revision}`);
    expect(said).toEqual(
      expect.arrayContaining([
        'client received request 2026-07-28',
        'upstream sent request 2025-11-25',
        'upstream received result 2025-11-25',
        'client sent result 2026-07-28',
      ]),
    );
    expect(frames.find(({ peer }) => peer === 'upstream')).toMatchObject({ upstream: 'older' });
  });

  it('replaces what looks like a secret, unless that is wanted', async () => {
    const [masked, open] = [
      await start({ method: 'tools/call' }),
      await start({ method: 'tools/call', keepsSecrets: true }),
    ];
    await callDesk('test_simple_text', { password: 'hunter2', note: 'Bearer abc.def' });
    const [hidden] = await exchangesOf(masked, 1);
    const [shown] = await exchangesOf(open, 1);
    const text = JSON.stringify(await whole(hidden!));
    expect(text).not.toMatch(/hunter2|abc\.def/);
    expect(text).toContain('[redacted]');
    expect(JSON.stringify(await whole(shown!))).toContain('hunter2');
    await api('DELETE', `mcp/captures/${open.id}`);
    expect((await api('GET', `mcp/exchanges/${shown!.id}`)).status).toBe(404);
  });

  it('ends when it has as many exchanges as it wants, or is stopped', async () => {
    const full = await start({ method: 'tools/list', maxExchanges: 3 });
    await Promise.all(Array.from({ length: 8 }, () => scm.send(...stateless('tools/list'))));
    await waitFor(async () => (await api<Capture>('GET', `mcp/captures/${full.id}`)).body.endedAt !== undefined, {
      what: 'the end',
    });
    expect(await exchangesOf(full, 3)).toHaveLength(3);
    const stopped = await start({ method: 'tools/list' });
    expect((await api<Capture>('POST', `mcp/captures/${stopped.id}/stop`)).body.endedAt).toBeDefined();
    await scm.send(...stateless('tools/list'));
    expect((await api<Capture>('GET', `mcp/captures/${stopped.id}`)).body.exchanges).toBe(0);
  });

  it('is told live on a channel of its own', async () => {
    const capture = await start({ method: 'tools/list' });
    const stream = await openStream(scm.gateways[0]!.port);
    await stream.subscribe(scm.headers.authorization!.slice('Bearer '.length), `tap:${capture.id}`);
    await scm.send(...stateless('tools/list'));
    const told = () => stream.texts.find((text) => text.includes('"captureId"'));
    await waitFor(() => told() !== undefined, { what: 'the exchange' });
    expect(told()).toContain(capture.id);
    stream.end();
  });
});

describe('a replay', () => {
  it('sends the request again, as a client of any revision would', async () => {
    const capture = await start({ method: 'tools/call', maxExchanges: 1 });
    await scm.send(...stateless('tools/call', { name: 'who_am_i', arguments: {} }));
    const [summary] = await exchangesOf(capture, 1);
    for (const revision of ['2024-11-05', '2025-06-18', '2026-07-28']) {
      const path = `mcp/exchanges/${summary!.id}/replay`;
      const { status, body } = await api<CapturedExchange>('POST', path, { revision });
      expect({ status, revision: body.revision, outcome: body.outcome }).toEqual({
        status: 200,
        revision,
        outcome: 'result',
      });
      expect(body.frames.filter(({ problem }) => problem)).toEqual([]);
    }
    const wrong = await api<{ errors: unknown }>('POST', `mcp/exchanges/${summary!.id}/replay`, {
      revision: '1999-01-01',
    });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ path: 'revision' }] } });
  });
});

describe('the judgement of a message', () => {
  it('names what is wrong, and shows what is right in every revision', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't', arguments: {} } };
    const good = await api<MessageJudgement>('POST', 'mcp/messages/judge', {
      revision: '2025-06-18',
      sender: 'client',
      message,
    });
    expect(good.body.valid).toBe(true);
    expect(good.body.revisions.map(({ revision }) => revision)).toEqual([
      '2024-11-05',
      '2025-03-26',
      '2025-11-25',
      '2026-07-28',
    ]);
    const bad = await api<MessageJudgement>('POST', 'mcp/messages/judge', {
      revision: '2025-06-18',
      sender: 'client',
      message: { ...message, params: { arguments: {} } },
    });
    expect(bad.body).toMatchObject({ valid: false, problem: { pointer: '/params/name' }, revisions: [] });
  });
});

describe('the diagnosis of an upstream', () => {
  it('asks it all there is to ask, and names what it cannot say', async () => {
    const { items } = (await api<{ items: { id: string; name: string }[] }>('GET', 'upstreams')).body;
    const { body } = await api<UpstreamDiagnosis>('GET', `upstreams/${items[0]?.id}/diagnosis`);
    expect(body).toMatchObject({ healthy: true, revision: '2025-11-25' });
    expect(body.checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'server/discover passed',
      'tools/list passed',
      'prompts/list passed',
      'resources/list passed',
      'resources/templates/list passed',
    ]);
    const dead = await api<{ id: string }>('POST', 'upstreams', {
      name: 'dead',
      transport: 'streamable-http',
      url: 'http://127.0.0.1:9/mcp',
    });
    const { body: found } = await api<UpstreamDiagnosis>('GET', `upstreams/${dead.body.id}/diagnosis`);
    expect(found).toMatchObject({
      healthy: false,
      checks: [{ outcome: 'failed', problems: [expect.any(String)] }, {}, {}, {}, {}],
    });
    await api('DELETE', `upstreams/${dead.body.id}`);
  });
});
