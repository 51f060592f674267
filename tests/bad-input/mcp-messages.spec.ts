import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { protocolRevisions, type ProtocolRevision } from '@scm/mcp-messages';
import { randomFrom } from '@scm/testing';
import { residentMiB } from '../abuse/bystander.js';
import { startWholeMesh, type WholeMesh } from '../e2e/whole-mesh.js';
import { Census, expectWell, forAll, type Reply } from './doors.js';
import { methodNames, mutated, wellFormed, type Json } from './mcp-mutations.js';
import { setStage, type Stage } from './routes.js';
import { mcpErrorFaults, mcpMessage } from './sockets.js';

const OF_METHOD = 25;
const seed = Number(process.env['SCM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let scm: WholeMesh;
let stage: Stage;

beforeAll(async () => {
  scm = await startWholeMesh();
  stage = await setStage(scm);
}, 60_000);

afterAll(async () => {
  await scm?.stop();
}, 30_000);

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
};

it.each(protocolRevisions)(
  'answers mutated messages of every method of %s with results or errors of the protocol',
  async (revision) => {
    const random = randomFrom(seed);
    const census = new Census(`mutated MCP messages of ${revision}, seed ${seed}`);
    const door = await doorOf(revision);
    const tries = methodNames.flatMap((method) => Array.from({ length: OF_METHOD }, (_, i) => ({ method, i })));
    await forAll(
      tries.map(({ method, i }) => textOf(revision, method, i, random)),
      async ({ method, text }) => {
        const reply = await door(method, text);
        census.count(reply.status);
        for (const fault of faultsOf(reply)) census.fault(method, fault, `${text} -> ${reply.text}`);
      },
      8,
    );
    census.print();
    expect(census.faults).toEqual([]);
    await expectWell(scm);
  },
  120_000,
);

it('leaves nothing behind', async () => {
  const { pid } = scm.services['mcp-protocol'] ?? { pid: 0 };
  const flood = async (round: number) => {
    const random = randomFrom(seed + round);
    const door = await doorOf('2026-07-28');
    const texts = Array.from({ length: 3_000 }, (_, i) => textOf('2026-07-28', 'tools/call', i, random));
    await forAll(texts, async ({ method, text }) => void (await door(method, text)), 16);
    return residentMiB(pid);
  };
  const sizes = [await flood(1), await flood(2), await flood(3)];
  process.stderr.write(`mcp-protocol after each of three floods: ${sizes.join(', ')} MiB\n`);
  expect((sizes[2] ?? 0) - (sizes[1] ?? 0)).toBeLessThan(40);
  await expectWell(scm);
}, 120_000);

function textOf(revision: ProtocolRevision, method: string, i: number, random: () => number) {
  const message = wellFormed(method, i + 1);
  if (revision === '2026-07-28') message['params'] = { ...(message['params'] as object), _meta: meta } as Json;
  // The first is as it should be.
  return { method, text: i === 0 ? JSON.stringify(message) : mutated(message, random) };
}

/** How a message is sent: by itself, or within a session, which is opened again when a message has ended it. */
async function doorOf(revision: ProtocolRevision): Promise<(method: string, text: string) => Promise<Reply>> {
  const common = { authorization: `Bearer ${stage.apiKey}`, accept: 'application/json, text/event-stream' };
  const post = async (headers: Record<string, string>, body: string): Promise<Reply> => {
    const all = { ...common, 'content-type': 'application/json', ...headers };
    const response = await fetch(`${scm.url}/mcp`, { method: 'POST', headers: all, body });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, text: await beginningOf(response, type) };
  };
  if (revision === '2026-07-28') {
    return (method, text) =>
      post({ 'mcp-protocol-version': revision, 'mcp-method': headerOf(method), ...nameIn(text) }, text);
  }
  let session = await openSession(revision);
  return async (_method, text) => {
    const reply = await post({ 'mcp-session-id': session, 'mcp-protocol-version': revision }, text);
    if (reply.status === 404) session = await openSession(revision);
    return reply;
  };
}

/** All of an answer; of a stream, which may not end by itself, what comes first. */
async function beginningOf(response: Response, type: string): Promise<string> {
  if (!type.startsWith('text/event-stream')) return response.text();
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const { value = '' } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return value;
}

async function openSession(revision: ProtocolRevision): Promise<string> {
  const params = { protocolVersion: revision, capabilities: {}, clientInfo: { name: 'fuzz', version: '1' } };
  const response = await fetch(`${scm.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stage.apiKey}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

/** A refusal is an error of the protocol, or problem details of the door before it. */
function faultsOf({ status, type, text }: Reply): string[] {
  if (status >= 500) return [`answered ${status}`];
  if (status === 202 || status === 204) return text === '' ? [] : ['accepted, and yet says something'];
  if (type.startsWith('application/problem+json')) return [];
  const { error, result } = mcpMessage(text);
  if (error) return mcpErrorFaults(error);
  return result || text.startsWith('[') || type.startsWith('text/event-stream')
    ? []
    : [`${status} with neither result nor error`];
}

function headerOf(method: string): string {
  return /^[\x21-\x7e]+$/.test(method) ? method : 'x';
}

/** The header that repeats the name, when the text has one that can stand there. */
function nameIn(text: string): Record<string, string> {
  const [, name] = /"(?:name|uri)":"([\x21-\x7e]{1,200}?)"/.exec(text) ?? [];
  return name === undefined || name.includes('\\') ? {} : { 'mcp-name': name };
}
