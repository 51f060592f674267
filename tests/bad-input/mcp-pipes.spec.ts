import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { protocolRevisions, type ProtocolRevision } from '@scm/mcp-messages';
import { randomFrom, waitFor } from '@scm/testing';
import { residentMiB } from '../abuse/bystander.js';
import { startWholeMesh, type WholeMesh } from '../e2e/whole-mesh.js';
import { Census, expectWell, forAll, parsed } from './doors.js';
import { methodNames, mutated, wellFormed, type Json } from './mcp-mutations.js';
import { setStage, type Stage } from './routes.js';
import { mcpErrorFaults } from './sockets.js';

const OF_METHOD = 15;
const AT_ONCE = 100;
const HUGE = 8 * 1_024 * 1_024;
const LAST = 'the-last-one';
const seed = Number(process.env['SCM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const main = join(import.meta.dirname, '../../apps/cli/bin/scm.js');
const rubbish = ['no json', '{', '\u0000', '[[[[', '"text"', '1', 'null', 'true', '[]', '{}', ' ', '{"jsonrpc":"2.0"}'];

let scm: WholeMesh;
let stage: Stage;
const children: ChildProcess[] = [];

beforeAll(async () => {
  scm = await startWholeMesh();
  stage = await setStage(scm);
}, 60_000);

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await scm?.stop();
}, 30_000);

it.each(protocolRevisions)(
  'answers lines of rubbish and mutated messages of %s on standard input with messages of the protocol',
  async (revision) => {
    const census = new Census(`lines of ${revision} over stdio, seed ${seed}`);
    const cli = startCli(census);
    if (revision !== '2026-07-28') await cli.ask(initialize(revision), 0);
    const lines = linesOf(revision, OF_METHOD, randomFrom(seed));
    for (const line of [...rubbish, ...lines, ...rubbish, JSON.stringify('x'.repeat(HUGE))]) await cli.write(line);
    const last = await cli.ask(lastOf(revision), LAST);
    expect(last).toMatchObject({ result: { tools: expect.anything() } });
    census.print();
    expect(census.faults.map((text) => text.slice(0, 300))).toEqual([]);
    expect(await cli.end()).toEqual([0, null]);
    await expectWell(scm);
  },
  120_000,
);

it('keeps nothing of the lines that it passed on', async () => {
  const census = new Census('floods over stdio');
  // What it would keep, it had no room for.
  const cli = startCli(census, ['--max-old-space-size=32']);
  await cli.ask(initialize('2025-06-18'), 0);
  const sizes: number[] = [];
  for (const round of [1, 2, 3, 4]) {
    const lines = linesOf('2025-06-18', 40, randomFrom(seed + round));
    for (let from = 0; from < lines.length; from += AT_ONCE) {
      for (const line of lines.slice(from, from + AT_ONCE)) await cli.write(line);
      const last = `${LAST}-${round}-${from}`;
      await cli.ask({ ...lastOf('2025-06-18'), id: last }, last);
    }
    sizes.push(residentMiB(cli.pid));
  }
  census.print();
  process.stderr.write(`scm mcp stdio after each flood: ${sizes.join(', ')} MiB\n`);
  expect(await cli.end()).toEqual([0, null]);
}, 240_000);

it('answers mutated messages over HTTP+SSE with messages of the protocol', async () => {
  const census = new Census(`messages over HTTP+SSE, seed ${seed}`);
  const lines = [...rubbish, ...linesOf('2024-11-05', OF_METHOD, randomFrom(seed)), 'x'.repeat(HUGE)];
  const session = await openSse(census);
  await session.post(JSON.stringify(initialize('2024-11-05')));
  await forAll(
    lines,
    async (line) => {
      const status = await session.post(line);
      census.count(status);
      if (status >= 500) census.fault('POST', `answered ${status}`, line);
    },
    8,
  );
  await session.post(JSON.stringify(lastOf('2024-11-05')));
  await waitFor(() => session.heard.has(LAST), { what: 'the last answer' });
  session.close();
  census.print();
  expect(census.faults.map((text) => text.slice(0, 300))).toEqual([]);
  await expectWell(scm);
}, 120_000);

it('lets go of HTTP+SSE sessions that end in the middle of it', async () => {
  const { pid: edge } = scm.services['gateway'] ?? { pid: 0 };
  const { pid: protocol } = scm.services['mcp-protocol'] ?? { pid: 0 };
  const flood = async (round: number) => {
    const lines = linesOf('2024-11-05', 4, randomFrom(seed + round));
    await forAll(
      Array.from({ length: 60 }, (_, i) => i),
      async (i) => {
        const session = await openSse(new Census('floods over HTTP+SSE'));
        for (const line of lines.slice(i, i + 8)) await session.post(line);
        session.close();
        // Whoever hung up is heard no more.
        await waitFor(async () => (await session.post('{}')) >= 400);
      },
      8,
    );
    return [residentMiB(edge), residentMiB(protocol)];
  };
  const sizes = [await flood(1), await flood(2), await flood(3)];
  process.stderr.write(`gateway and mcp-protocol after each of three floods: ${JSON.stringify(sizes)} MiB\n`);
  for (const at of [0, 1]) expect((sizes[2]?.[at] ?? 0) - (sizes[1]?.[at] ?? 0)).toBeLessThan(40);
  await expectWell(scm);
}, 120_000);

/** Mutated messages of every method; none of a method that ends the session, and none that stays open. */
function linesOf(revision: ProtocolRevision, ofMethod: number, random: () => number): string[] {
  return methodNames
    .filter((method) => method !== 'subscriptions/listen')
    .flatMap((method) =>
      Array.from({ length: ofMethod }, (_, i) => {
        const message = wellFormed(method, i + 1);
        if (revision === '2026-07-28') message['params'] = { ...(message['params'] as object), _meta: meta } as Json;
        return mutated(message, random).replaceAll('\n', ' ');
      }),
    );
}

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

function initialize(revision: ProtocolRevision): object {
  const params = { protocolVersion: revision, capabilities: {}, clientInfo: { name: 'fuzz', version: '1' } };
  return { jsonrpc: '2.0', id: 0, method: 'initialize', params };
}

function lastOf(revision: ProtocolRevision): Record<string, unknown> {
  const params = revision === '2026-07-28' ? { _meta: meta } : {};
  return { jsonrpc: '2.0', id: LAST, method: 'tools/list', params };
}

/** What is wrong with a message that the product sends. */
function faultsOf(text: string): string[] {
  const message = parsed(text);
  if (!message) return ['no JSON'];
  const each = (Array.isArray(message) ? message : [message]) as Record<string, unknown>[];
  return each.flatMap(({ jsonrpc, method, result, error }) => {
    if (jsonrpc !== '2.0') return ['no message'];
    if (error) return mcpErrorFaults(error as Parameters<typeof mcpErrorFaults>[0]);
    return result !== undefined || typeof method === 'string' ? [] : ['neither result nor error'];
  });
}

function startCli(census: Census, flags: readonly string[] = []) {
  const env = { SCM_URL: scm.url, SCM_API_KEY: stage.apiKey, PATH: process.env['PATH'] };
  const child = spawn(process.execPath, [...flags, main, 'mcp', 'stdio'], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  const exit = once(child, 'exit');
  const heard = new Map<unknown, Record<string, unknown>>();
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => (complaints = (complaints + String(text)).slice(-2_000)));
  child.stdin.on('error', () => process.stderr.write(complaints));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const faults = faultsOf(line);
    const message = parsed(line) ?? {};
    census.count(message['error'] ? String((message['error'] as { code: number }).code) : 'result');
    for (const fault of faults) census.fault('stdout', fault, line);
    heard.set(message['id'], message);
  });
  return {
    pid: child.pid ?? 0,
    write: async (line: string) => {
      if (!child.stdin.write(`${line}\n`)) await once(child.stdin, 'drain');
    },
    ask: async (message: object, id: unknown) => {
      child.stdin.write(`${JSON.stringify(message)}\n`);
      return waitFor(() => heard.get(id), { timeoutMs: 60_000, what: `an answer to ${String(id)}` });
    },
    end: async () => {
      child.stdin.end();
      return exit;
    },
  };
}

async function openSse(census: Census) {
  const headers = { authorization: `Bearer ${stage.apiKey}` };
  const hangUp = new AbortController();
  const stream = await fetch(`${scm.url}/mcp/sse`, { headers, signal: hangUp.signal });
  const heard = new Set<unknown>();
  const endpoint = Promise.withResolvers<string>();
  const read = async () => {
    let text = '';
    for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (text + chunk).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        if (event.includes('event: endpoint')) endpoint.resolve(data);
        else {
          for (const fault of faultsOf(data)) census.fault('stream', fault, data);
          heard.add(parsed(data)?.['id']);
        }
      }
    }
  };
  void read().catch((error: unknown) => endpoint.reject(error));
  const to = new URL(await endpoint.promise, scm.url);
  return {
    heard,
    post: async (body: string) => {
      const json = { ...headers, 'content-type': 'application/json' };
      const answer = await fetch(to, { method: 'POST', headers: json, body });
      await answer.text();
      return answer.status;
    },
    close: () => hangUp.abort(),
  };
}
