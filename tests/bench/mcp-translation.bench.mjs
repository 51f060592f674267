import { translate, withLedger } from '@scm/mcp-migration';
import { protocolRevisions } from '@scm/mcp-messages';
import { row } from './report.mjs';
import { median } from './statistics.mjs';

const latest = '2026-07-28';
const complete = {
  resultType: 'complete',
  _meta: { 'io.modelcontextprotocol/serverInfo': { name: 's', version: '1' } },
};
const requestMeta = {
  'io.modelcontextprotocol/protocolVersion': latest,
  'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} }, roots: {}, sampling: {} },
  'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' },
};

/** A tool as servers list them: a title, hints, an icon, and a schema with a few properties. */
const tool = (index) => ({
  name: `tool_${index}`,
  title: `Tool ${index}`,
  description: 'Looks something up, and says what it found in a few words.',
  inputSchema: {
    type: 'object',
    properties: { query: { type: 'string', description: 'What to look for' }, limit: { type: 'integer', default: 10 } },
    required: ['query'],
  },
  outputSchema: { type: 'object', properties: { found: { type: 'array', items: { type: 'string' } } } },
  annotations: { readOnlyHint: true, openWorldHint: false },
  icons: [{ src: 'https://tools.test/icon.png', mimeType: 'image/png' }],
});

const messages = {
  'tools/list of 10': {
    sender: 'server',
    method: 'tools/list',
    message: {
      result: { ...complete, ttlMs: 0, cacheScope: 'private', tools: Array.from({ length: 10 }, (_, n) => tool(n)) },
    },
  },
  'tools/call': {
    sender: 'client',
    message: {
      method: 'tools/call',
      params: { name: 'tool_1', arguments: { query: 'x', limit: 5 }, _meta: requestMeta },
    },
  },
  'result of tools/call': {
    sender: 'server',
    method: 'tools/call',
    message: {
      result: {
        ...complete,
        content: [{ type: 'text', text: '{"found":["a","b","c"]}' }],
        structuredContent: { found: ['a', 'b', 'c'] },
      },
    },
  },
};

const directions = protocolRevisions.flatMap((from) =>
  protocolRevisions.filter((to) => to !== from).map((to) => [from, to]),
);

/** Microseconds a message in each of the 20 directions, ledger and all, of what is typical. */
export async function benchMcpTranslation() {
  return Object.entries(messages).flatMap(([name, { sender, method, message }]) => {
    const context = { requestMeta };
    const times = directions.map(([from, to]) => {
      const native = translate(message, { from: latest, to: from, sender, method, context }).message;
      const options = { from, to, sender, method, context };
      return { label: `${from} to ${to}`, us: microsecondsOf(() => translated(native, options)) };
    });
    const mean = times.reduce((sum, { us }) => sum + us, 0) / times.length;
    const worst = times.reduce((a, b) => (a.us > b.us ? a : b));
    return [
      row(`${name}, mean of 20 directions`, mean, 'us/message', 'wanted', 10),
      row(`${name}, slowest: ${worst.label}`, worst.us, 'us/message', 'wanted', 10),
    ];
  });
}

function translated(native, options) {
  const translation = translate(native, options);
  return 'result' in translation.message ? withLedger(translation.message.result, translation) : translation.message;
}

/** CPU time, which other processes do not change: the median of five rounds, after the code is warm. */
function microsecondsOf(act) {
  const rounds = Array.from({ length: 6 }, () => {
    const before = process.cpuUsage();
    for (let n = 0; n < ROUND; n += 1) act();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / ROUND;
  });
  return median(rounds.slice(1));
}

const ROUND = 5_000;
