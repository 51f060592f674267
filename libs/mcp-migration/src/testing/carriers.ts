import { isJsonObject, methods, type JsonObject, type Peer } from '@scm/mcp-messages';
import { definitions } from '../../../mcp-messages/src/testing/definitions.js';
import type { CallBody, ErrorBody, ResultBody } from '../index.js';

/** A body that can be sent, with who sends it. */
export interface Carried {
  body: CallBody | ResultBody | ErrorBody;
  sender: Peer;
  /** What a response answers. */
  method?: string;
}

const complete = { resultType: 'complete' } as const;
const cached = { ...complete, ttlMs: 0, cacheScope: 'private' } as const;

const result = (method: string, members: JsonObject): Carried[] => [
  { body: { result: { ...complete, ...members } }, sender: 'server', method },
];
const listed = (method: string, members: JsonObject): Carried[] => result(method, { ...cached, ...members });
const answer = (method: string, members: JsonObject): Carried[] => [
  { body: { result: members }, sender: 'client', method },
];
const asked = (method: string, params: JsonObject): Carried[] => [{ body: { method, params }, sender: 'server' }];
const block = (value: JsonObject): Carried[] => result('tools/call', { content: [value] });
const sampled = (value: JsonObject, more: JsonObject = {}): Carried[] =>
  asked('sampling/createMessage', { messages: [value], maxTokens: 1, ...more });
const field = (value: JsonObject): Carried[] =>
  asked('elicitation/create', { message: 'm', requestedSchema: { type: 'object', properties: { f: value } } });

const carriers: Record<string, (value: JsonObject) => Carried[]> = {
  AudioContent: block,
  BlobResourceContents: (value) => listed('resources/read', { contents: [value] }),
  BooleanSchema: field,
  CreateMessageResult: (value) => answer('sampling/createMessage', value),
  ElicitResult: (value) => answer('elicitation/create', value),
  EmbeddedResource: block,
  ImageContent: block,
  InputRequests: (value) => Object.values(value).map((body) => ({ body: body as CallBody, sender: 'server' })),
  InputRequiredResult: (value) => [{ body: { result: value }, sender: 'server', method: 'tools/call' }],
  InputResponses: (value) =>
    Object.values(value).flatMap((one) =>
      answer(isJsonObject(one) && 'action' in one ? 'elicitation/create' : 'sampling/createMessage', one as JsonObject),
    ),
  ListRootsResult: (value) => answer('roots/list', value),
  ModelPreferences: (value) =>
    sampled({ role: 'user', content: { type: 'text', text: 't' } }, { modelPreferences: value }),
  NumberSchema: field,
  PaginatedRequestParams: (value) => [{ body: { method: 'tools/list', params: value }, sender: 'client' }],
  Resource: (value) => listed('resources/list', { resources: [value] }),
  ResourceLink: block,
  Root: (value) => answer('roots/list', { roots: [value] }),
  SamplingMessage: (value) => sampled(value),
  StringSchema: field,
  SubscriptionsListenResult: (value) => result('subscriptions/listen', value),
  TextContent: block,
  TextResourceContents: (value) => listed('resources/read', { contents: [value] }),
  TitledMultiSelectEnumSchema: field,
  TitledSingleSelectEnumSchema: field,
  Tool: (value) => listed('tools/list', { tools: [value] }),
  ToolResultContent: (value) => sampled({ role: 'user', content: [value] }),
  ToolUseContent: (value) => sampled({ role: 'assistant', content: [value] }),
  UntitledMultiSelectEnumSchema: field,
  UntitledSingleSelectEnumSchema: field,
};

/** Messages that carry a value of one of the official definitions; none for what only a handshake carries. */
export function carried(definition: string, value: JsonObject): Carried[] {
  const carrier = carriers[definition];
  if (carrier) return carrier(value);
  if ('error' in value) return [{ body: value as unknown as ErrorBody, sender: 'server', method: 'tools/list' }];
  if (definition.endsWith('Error'))
    return [{ body: { error: value as never }, sender: 'server', method: 'tools/list' }];
  if (definition.endsWith('Params')) return ofParams(definition, value);
  if (typeof value['method'] === 'string')
    return [{ body: value as unknown as CallBody, sender: senderOf(value['method']) }];
  const inner = definition.replace(/Response$/, '');
  const found = Object.entries(methods).find(([, { result: model }]) => model && model === definitions[inner]);
  const body = definition.endsWith('ResultResponse') ? value : { result: value };
  return found ? [{ body: body as unknown as ResultBody, sender: 'server', method: found[0] }] : [];
}

function ofParams(definition: string, params: JsonObject): Carried[] {
  const name = definition.replace(/(Form|URL)?Params$/, '');
  const found = Object.entries(methods).find(([, { message }]) => message === definitions[name]);
  return found ? [{ body: { method: found[0], params }, sender: senderOf(found[0]) }] : [];
}

function senderOf(method: string): Peer {
  if (method === 'notifications/cancelled') return 'client';
  return method === 'notifications/progress' ? 'server' : (methods[method]?.senders[0] ?? 'client');
}
