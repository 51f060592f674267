import fs from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'mcp-schema');

/** Whether the official schemas stand beside the clone. */
export const hasSchemas = fs.existsSync(folder);

const definitions = {
  initialize: 'InitializeResult',
  'server/discover': 'DiscoverResult',
  'tools/list': 'ListToolsResult',
  'tools/call': 'CallToolResult',
  'resources/list': 'ListResourcesResult',
  'resources/templates/list': 'ListResourceTemplatesResult',
  'resources/read': 'ReadResourceResult',
  'prompts/list': 'ListPromptsResult',
  'prompts/get': 'GetPromptResult',
  'completion/complete': 'CompleteResult',
  'sampling/createMessage': 'CreateMessageResult',
  'roots/list': 'ListRootsResult',
  'elicitation/create': 'ElicitResult',
  'subscriptions/listen': 'SubscriptionsListenResult',
};

const compiled = new Map();

function validatorOf(revision, definition) {
  const key = `${revision}#${definition}`;
  if (!compiled.has(key)) {
    const schema = JSON.parse(fs.readFileSync(path.join(folder, revision, 'schema.json'), 'utf8'));
    const options = { strict: false, formats: { byte: true, uri: true, 'uri-template': true } };
    const ajv = schema.$defs ? new Ajv2020(options) : new Ajv(options);
    ajv.addSchema(schema, 'mcp');
    const check = ajv.compile({ $ref: `mcp#/${schema.$defs ? '$defs' : 'definitions'}/${definition}` });
    compiled.set(key, (value) => (check(value) ? undefined : ajv.errorsText(check.errors).slice(0, 300)));
  }
  return compiled.get(key);
}

const VERSION = 'io.modelcontextprotocol/protocolVersion';

/**
 * What the official schemas find wrong with what both sides sent: `sender` is `client` or `server`, and `message` one JSON-RPC
 * message. A response has the method of the request with its id. `revision` is that of messages that name none.
 */
export function violations(revision, exchanged) {
  const asked = new Map();
  for (const { sender, message } of exchanged) {
    const { id, method, params } = message;
    if (method && id !== undefined) asked.set(`${sender}:${id}`, { method, named: params?._meta?.[VERSION] });
  }
  return exchanged.flatMap(({ sender, message }) => {
    const answered = asked.get(`${sender === 'client' ? 'server' : 'client'}:${message.id}`);
    const named = message.method ? message.params?._meta?.[VERSION] : answered?.named;
    const spoken = named ?? revision;
    const definition = definitionOf(spoken, sender, message, answered);
    const subject = definition.endsWith('Result') ? message.result : message;
    const fault = validatorOf(spoken, definition)(subject);
    return fault ? [`${sender} ${definition}: ${fault}`] : [];
  });
}

function definitionOf(revision, sender, { method, id, error, result }, answered) {
  const side = sender === 'client' ? 'Client' : 'Server';
  if (method) return `${side}${id === undefined ? 'Notification' : 'Request'}`;
  if (error) return revision < '2025-11-25' ? 'JSONRPCError' : 'JSONRPCErrorResponse';
  if (result?.resultType === 'input_required') return 'InputRequiredResult';
  return definitions[answered?.method] ?? 'EmptyResult';
}
