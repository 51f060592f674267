// The product's upstream connector as a client of the suite's servers: `node main.mjs <url>`, as the suite calls it.
import { randomBytes } from 'node:crypto';
import { EgressClient } from '@scm/egress';
import { SecretBox } from '@scm/service';
import { MemberLists } from '../../../apps/mcp-protocol/dist/federation/member-lists.js';
import { paramHeaders } from '../../../apps/mcp-protocol/dist/federation/param-headers.js';
import { ParkedCalls } from '../../../apps/mcp-protocol/dist/connectors/parked-calls.js';
import { RequestStates } from '../../../apps/mcp-protocol/dist/connectors/request-state.js';
import { UpstreamConnector } from '../../../apps/mcp-protocol/dist/connectors/upstream-connector.js';
import { MessageHooks } from '../../../apps/mcp-protocol/dist/extensions/message-hooks.js';
import { answersTo, exampleOf } from './examples.mjs';

const MAX_ROUNDS = 8;
const url = process.argv.at(-1);
const { toolCalls } = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT || '{}');

const egress = new EgressClient({ allow: ['localhost', '127.0.0.1', '::1'] });
const calls = new ParkedCalls();
const lists = new MemberLists();
const known = new Map();
const connector = new UpstreamConnector(
  { transport: 'streamable-http', url, headers: {} },
  {
    fetch: egress.fetch,
    hooks: new MessageHooks({ plugins: [] }),
    parking: {
      owner: 'here',
      calls,
      states: new RequestStates(new SecretBox(randomBytes(32))),
      relay: () => Promise.reject(new Error('there is one replica')),
    },
    headersOf: ({ params }) => paramHeaders(known.get(params.name)?.inputSchema, params.arguments),
  },
);
const upstream = { id: 'suite', updated_at: new Date() };
const member = { name: 'suite', namespace: '', upstream, answer: (exchange) => connector.answer(exchange) };

try {
  const { capabilities } = await connector.answer(exchange('server/discover'));
  if (capabilities.tools) await useTools();
  if (capabilities.prompts) await usePrompts();
  if (capabilities.resources) await useResources();
} finally {
  calls.close();
  await connector.close();
  await egress.close();
}

async function useTools() {
  const { items } = await lists.of(member, 'tools/list', exchange('tools/list'));
  for (const tool of items) known.set(tool.name, tool);
  const [focal] = items.filter(({ inputSchema }) => inputSchema.$defs);
  // One scenario wants to see a schema again, as it came.
  const argumentsOf = ({ inputSchema }) =>
    focal && inputSchema.properties?.schema ? { schema: focal.inputSchema } : exampleOf(inputSchema);
  const asked = toolCalls ?? items.map((tool) => ({ name: tool.name, arguments: argumentsOf(tool) }));
  for (const call of asked) await answered('tools/call', call);
}

async function usePrompts() {
  const { items } = await lists.of(member, 'prompts/list', exchange('prompts/list'));
  for (const { name } of items) await answered('prompts/get', { name });
}

async function useResources() {
  const { items } = await lists.of(member, 'resources/list', exchange('resources/list'));
  for (const { uri } of items) await answered('resources/read', { uri });
}

/** Asks again with answers, as often as the result wants some. */
async function answered(method, params) {
  let result = await connector.answer(exchange(method, params)).catch(answeredWithError);
  for (let round = 0; round < MAX_ROUNDS && result.resultType === 'input_required'; round++) {
    const { inputRequests, requestState } = result;
    const more = { inputResponses: answersTo(inputRequests), ...(requestState !== undefined && { requestState }) };
    result = await connector.answer(exchange(method, { ...params, ...more }));
  }
  return result;
}

/** An error of the server is an answer too. */
function answeredWithError(error) {
  if (error.name !== 'ProtocolError') throw error;
  return { resultType: 'complete', error };
}

function exchange(method, params = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} },
    'io.modelcontextprotocol/clientInfo': { name: 'scm-conformance', version: '1' },
  };
  const actor = { kind: 'user', id: 'suite', name: 'suite', workspaceId: '00000000-0000-7000-8000-000000000001' };
  return { method, params: { ...params, _meta }, actor, signal: AbortSignal.timeout(30_000), notify: () => {} };
}
