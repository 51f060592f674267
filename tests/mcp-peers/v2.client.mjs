// A client built with the official SDK's second generation: node v2.client.mjs <auto|legacy|revision> <url>; prints its results.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { runAll } from './operations.mjs';

const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';
const [mode, url] = process.argv.slice(2);
const [logged, updated] = [[], []];

const versionNegotiation = { mode: ['auto', 'legacy'].includes(mode) ? mode : { pin: mode } };
const capabilities = { sampling: {}, roots: {}, elicitation: { form: {} } };
const client = new Client({ name: 'v2', version: '1.0.0' }, { capabilities, versionNegotiation });
client.setRequestHandler('sampling/createMessage', () => ({
  role: 'assistant',
  model: 'peer',
  content: { type: 'text', text: 'Paris' },
}));
client.setRequestHandler('roots/list', () => ({ roots: [{ uri: 'file:///home/ada', name: 'home' }] }));
client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }));
client.setNotificationHandler('notifications/message', ({ params }) => void logged.push(params));
client.setNotificationHandler('notifications/resources/updated', ({ params }) => void updated.push(params.uri));

await client.connect(new StreamableHTTPClientTransport(new URL(url)));
const isModern = client.getProtocolEra() === 'modern';
const names = (await client.listTools()).tools.map(({ name }) => name);
let level;
const results = await runAll({
  logged,
  updated,
  canElicit: true,
  has: (name) => names.includes(name),
  ping: isModern ? undefined : () => client.ping(),
  listTools: async () => (await client.listTools()).tools,
  call: (name, args = {}, onprogress) =>
    client.callTool(
      { name, arguments: args, ...(level && { _meta: { [LOG_LEVEL]: level } }) },
      onprogress && { onprogress },
    ),
  setLevel: async (wanted) => {
    if (isModern) level = wanted;
    else await client.setLoggingLevel(wanted);
  },
  listResources: async () => (await client.listResources()).resources,
  read: (uri) => client.readResource({ uri }),
  listTemplates: async () => (await client.listResourceTemplates()).resourceTemplates,
  subscribe: (uri) => (isModern ? client.listen({ resourceSubscriptions: [uri] }) : client.subscribeResource({ uri })),
  listPrompts: async () => (await client.listPrompts()).prompts,
  prompt: (name, args) => client.getPrompt({ name, arguments: args }),
  complete: async (value) =>
    (await client.complete({ ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value } })).completion
      .values,
});
console.log(JSON.stringify({ revision: client.getNegotiatedProtocolVersion(), results }));
process.exit(0);
