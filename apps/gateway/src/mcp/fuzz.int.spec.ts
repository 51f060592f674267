import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { encode } from '@msgpack/msgpack';
import { methodsOf, protocolRevisions, tasksExtension, type ProtocolRevision } from '@scm/mcp-messages';
import { randomFrom, waitFor } from '@scm/testing';
import WebSocket from 'ws';
import { setMcpStage, stateless, type McpAnswer, type McpStage, type Message } from '../testing/mcp-stage.js';

/** `MCP_FUZZ_SEED` repeats a run, `MCP_FUZZ_MESSAGES` makes it longer. */
const seed = Number(process.env.MCP_FUZZ_SEED ?? Date.now() % 1_000_000);
const COUNT = Number(process.env.MCP_FUZZ_MESSAGES ?? 60);
const LANES = 8;

let scm: McpStage;

beforeAll(async () => {
  scm = await setMcpStage({ replicas: 2 });
}, 60_000);

afterAll(async () => {
  await scm?.stop();
});

/** Whole numbers below another one, which a seed repeats. */
function wholeFrom(random: () => number): (n: number) => number {
  return (n) => Math.floor(random() * n);
}

const odd: unknown[] = [
  null,
  true,
  -1,
  1e308,
  0.5,
  '',
  'x'.repeat(5_000),
  '\u202e\ud800',
  '../../etc/passwd',
  [],
  {},
  [[[[]]]],
  { __proto__: null, constructor: 1, toString: 2 },
];

/** What a request of the method may look like, before something is changed in it. */
function template(method: string): Record<string, unknown> {
  const params: Record<string, unknown> = {
    name: 'query_metrics',
    arguments: { query: 'up' },
    uri: 'scm://metrics/host',
    cursor: 'c',
    level: 'info',
    requestId: 'none',
    progressToken: 't',
    progress: 1,
    taskId: 'none',
    ref: { type: 'ref/prompt', name: 'p' },
    argument: { name: 'a', value: 'b' },
    notifications: {},
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'fuzz', version: '1' },
    inputResponses: {},
    requestState: 's',
  };
  return { jsonrpc: '2.0', id: 1, method, params };
}

/** The same with so many members replaced, removed, added or named otherwise, somewhere. */
function mutated(value: unknown, below: (n: number) => number, changes: number): unknown {
  const copy = structuredClone(value);
  for (let i = 0; i < changes; i++) {
    let at = copy as Record<string, unknown>;
    for (;;) {
      const keys = Object.keys(at);
      const key = keys[below(keys.length + 1)] ?? `x${below(9)}`;
      const inner = at[key];
      if (typeof inner === 'object' && inner !== null && below(3) > 0) {
        at = inner as Record<string, unknown>;
        continue;
      }
      if (below(4) === 0) delete at[key];
      else at[below(8) === 0 ? `${key}'` : key] = structuredClone(odd[below(odd.length)]);
      break;
    }
  }
  return copy;
}

/** Every method of every revision, and some of none, each so many times. */
function* messagesFor(revision: ProtocolRevision, below: (n: number) => number): Generator<Record<string, unknown>> {
  const ofTasks = revision === '2026-07-28' ? Object.keys(tasksExtension.methods) : [];
  for (const method of [...methodsOf(revision), ...ofTasks, 'nope', 'toString', '']) {
    // Neither ends by itself: they are tried on their own.
    if (method === 'subscriptions/listen') continue;
    for (let i = 0; i < COUNT; i++) yield mutated(template(method), below, below(4)) as Record<string, unknown>;
  }
}

const knowsTasks = {
  'io.modelcontextprotocol/clientCapabilities': { extensions: { [tasksExtension.id]: {} } },
};

function faultOf({ status, messages }: Pick<McpAnswer, 'status' | 'messages'>): string | undefined {
  if (status >= 500) return `answered ${status}`;
  const wrong = messages.find(
    ({ error }) => error && (!Number.isInteger(error.code) || error.code === -32_603 || !error.message),
  );
  return wrong && JSON.stringify(wrong);
}

async function inLanes<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function expectWell(): Promise<void> {
  const [body, headers] = stateless('tools/list');
  expect((await scm.send(body, headers)).messages[0]?.result).toBeDefined();
  for (const service of [...scm.replicas, ...scm.gateways]) expect(service.log()).not.toMatch(/"level":"error"/);
}

it.each(protocolRevisions)(
  'mutated messages of %s over HTTP',
  async (revision) => {
    const below = wholeFrom(randomFrom(seed));
    const isStateless = revision === '2026-07-28';
    const params = { protocolVersion: revision, capabilities: {}, clientInfo: { name: 'fuzz', version: '1' } };
    const opened = await scm.send({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    const session = {
      'mcp-session-id': String(opened.headers.get('mcp-session-id')),
      'mcp-protocol-version': revision,
    };
    const faults: string[] = [];
    let sent = 0;
    await inLanes(messagesFor(revision, below), async (message) => {
      const [whole, headers] = stateless(typeof message.method === 'string' ? message.method : 'none', {}, knowsTasks);
      const meta = (whole as { params: object }).params;
      const body =
        isStateless && typeof message.params === 'object'
          ? { ...message, params: { ...message.params, ...meta } }
          : message;
      const { name: own, taskId } = (message.params ?? {}) as { name?: unknown; taskId?: unknown };
      const name = headers['mcp-method']?.startsWith('tasks/') ? taskId : own;
      const mirrored = { ...headers, ...(typeof name === 'string' && /^[\w-]+$/.test(name) && { 'mcp-name': name }) };
      const isHeader = /^[\x21-\x7e]*$/.test(headers['mcp-method'] ?? '');
      const answer = await scm.send(body, isStateless && isHeader ? mirrored : session);
      sent++;
      const fault = faultOf(answer);
      if (fault) faults.push(`${JSON.stringify(body).slice(0, 500)} -> ${fault}`);
    });
    process.stderr.write(`fuzz ${revision} over HTTP: ${sent} messages, ${faults.length} faults, seed ${seed}\n`);
    expect(faults).toEqual([]);
    await expectWell();
  },
  120_000,
);

it.each(['mcp', 'mcp.msgpack'])(
  'mutated messages and bytes over a socket of %s',
  async (protocol) => {
    const below = wholeFrom(randomFrom(seed));
    const socket = new WebSocket(`${scm.url().replace('http', 'ws')}/mcp`, protocol, { headers: scm.headers });
    const answers: unknown[] = [];
    const faults: string[] = [];
    socket.on('message', (data: Buffer, isBinary) => {
      answers.push(data);
      const fault = isBinary
        ? undefined
        : faultOf({ status: 200, messages: [JSON.parse(data.toString()) as Message].flat() });
      if (fault) faults.push(fault);
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    let sent = 0;
    for (const message of messagesFor('2025-11-25', below)) {
      const text = JSON.stringify(message);
      const cut = below(4) === 0 ? text.slice(0, below(text.length)) : text;
      const bytes = Buffer.from(encode(message));
      if (below(4) === 0) bytes[below(bytes.length)] = below(256);
      socket.send(protocol === 'mcp' ? cut : bytes);
      if (++sent % 32 === 0) await waitFor(() => answers.length >= sent / 4 || socket.readyState !== WebSocket.OPEN);
    }
    const [last] = stateless('tools/list');
    const before = answers.length;
    socket.send(protocol === 'mcp' ? JSON.stringify(last) : encode(last));
    await waitFor(() => answers.length > before, { what: 'the last answer' });
    process.stderr.write(`fuzz over ${protocol}: ${sent} messages, ${faults.length} faults, seed ${seed}\n`);
    expect(faults).toEqual([]);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
    await expectWell();
  },
  120_000,
);
