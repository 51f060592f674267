// A client built with one generation of the official SDK: node v1.client.mjs <module> <transport> <url>; prints its results.
import { EventSource } from 'eventsource';
import { runAll } from './operations.mjs';

const [module, kind, url] = process.argv.slice(2);
const { Client } = await import(`${module}/client/index.js`);
const types = await import(`${module}/types.js`);

const [logged, updated] = [[], []];
const canElicit = 'ElicitRequestSchema' in types;
const capabilities = { sampling: {}, roots: {}, ...(canElicit && { elicitation: {} }) };
const client = new Client({ name: module, version: '1.0.0' }, { capabilities });
client.setRequestHandler(types.CreateMessageRequestSchema, () => ({
  role: 'assistant',
  model: 'peer',
  content: { type: 'text', text: 'Paris' },
}));
client.setRequestHandler(types.ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///home/ada', name: 'home' }] }));
if (canElicit) {
  client.setRequestHandler(types.ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
}
client.setNotificationHandler(types.LoggingMessageNotificationSchema, ({ params }) => void logged.push(params));
client.setNotificationHandler(types.ResourceUpdatedNotificationSchema, ({ params }) => void updated.push(params.uri));

await client.connect(await transportOf());
const names = (await client.listTools()).tools.map(({ name }) => name);
const results = await runAll({
  logged,
  updated,
  canElicit,
  has: (name) => names.includes(name),
  ping: () => client.ping(),
  listTools: async () => (await client.listTools()).tools,
  call: (name, args = {}, onprogress) =>
    client.callTool({ name, arguments: args }, types.CallToolResultSchema, onprogress && { onprogress }),
  setLevel: (level) => client.setLoggingLevel(level),
  listResources: async () => (await client.listResources()).resources,
  read: (uri) => client.readResource({ uri }),
  listTemplates: async () => (await client.listResourceTemplates()).resourceTemplates,
  subscribe: (uri) => client.subscribeResource({ uri }),
  listPrompts: async () => (await client.listPrompts()).prompts,
  prompt: (name, args) => client.getPrompt({ name, arguments: args }),
  complete: async (value) =>
    (await client.complete({ ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value } })).completion
      .values,
});
console.log(JSON.stringify({ revision: types.LATEST_PROTOCOL_VERSION, results }));
await client.close();
process.exit(0);

async function transportOf() {
  if (kind === 'sse') {
    // The first generation took it from the browser.
    globalThis.EventSource ??= EventSource;
    const { SSEClientTransport } = await import(`${module}/client/sse.js`);
    return new SSEClientTransport(new URL(url));
  }
  const { StreamableHTTPClientTransport } = await import(`${module}/client/streamableHttp.js`);
  return new StreamableHTTPClientTransport(new URL(url));
}
