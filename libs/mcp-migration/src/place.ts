import type { Peer } from '@scm/mcp-messages';

/** The body of a JSON-RPC message, by what it holds. */
export type MessageKind = 'request' | 'notification' | 'result' | 'error';

/** Where in messages a change applies. */
export interface Place {
  kind: MessageKind;
  /** Of responses: the method they answer. */
  methods: readonly string[] | 'all';
  /** Where only one of the two peers' messages are meant. */
  sender?: Peer;
  /** From the message on; `*` stands for every item of a list or member of an object, or for a single value. Empty for all of it. */
  path: readonly string[];
}

const place =
  (kind: MessageKind, root: string) =>
  (methods: Place['methods'], path = '', sender?: Peer): Place => ({
    kind,
    methods,
    path: [root, ...path.split('/').filter(Boolean)],
    ...(sender && { sender }),
  });

/** The parameters of requests, or what stands in them at a path such as `messages/*`. */
export const inRequest = place('request', 'params');
export const inNotification = place('notification', 'params');
export const inResult = place('result', 'result');
export const inError = place('error', 'error');

/** Whole messages of these methods, of each kind. */
export function ofMethods(methods: Place['methods'], ...kinds: MessageKind[]): Place[] {
  const all: MessageKind[] = ['request', 'notification', 'result', 'error'];
  return (kinds.length > 0 ? kinds : all).map((kind) => ({ kind, methods, path: [] }));
}

const sampling = ['sampling/createMessage'];

export const tools = [inResult(['tools/list'], 'tools/*'), inRequest(sampling, 'tools/*')];
export const resources = [inResult(['resources/list'], 'resources/*')];
export const templates = [inResult(['resources/templates/list'], 'resourceTemplates/*')];
export const prompts = [inResult(['prompts/list'], 'prompts/*')];
export const promptArguments = [inResult(['prompts/list'], 'prompts/*/arguments/*')];

/** What tools and prompts give. */
export const contentBlocks = [inResult(['tools/call'], 'content/*'), inResult(['prompts/get'], 'messages/*/content')];

/** What is sampled, and the sample. */
export const samplingBlocks = [inRequest(sampling, 'messages/*/content/*'), inResult(sampling, 'content/*')];

export const clientCapabilities = [inRequest(['initialize'], 'capabilities')];
export const serverCapabilities = [inResult(['initialize'], 'capabilities')];
export const implementations = [inRequest(['initialize'], 'clientInfo'), inResult(['initialize'], 'serverInfo')];

export const forms = [inRequest(['elicitation/create'], 'requestedSchema')];
