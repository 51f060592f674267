import { methods } from '@scm/mcp-messages';
import { naughtyStrings } from './inputs.js';

type Random = () => number;
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const uri = 'scm://metrics/host';
const task = { taskId: '00000000-0000-7000-8000-000000000001' };

/** What each method is sent with when it is sent as it should be. */
const examples: Record<string, { [key: string]: Json }> = {
  initialize: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'fuzz', version: '1' } },
  'tools/list': { cursor: 'abc' },
  'tools/call': { name: 'who_am_i', arguments: {} },
  'resources/read': { uri },
  'resources/subscribe': { uri },
  'resources/unsubscribe': { uri },
  'prompts/get': { name: 'none', arguments: { who: 'me' } },
  'completion/complete': { ref: { type: 'ref/prompt', name: 'none' }, argument: { name: 'who', value: 'm' } },
  'logging/setLevel': { level: 'info' },
  'subscriptions/listen': { notifications: { resourceSubscriptions: [uri], toolsListChanged: true } },
  'sampling/createMessage': { messages: [], maxTokens: 1 },
  'elicitation/create': { message: 'name?', requestedSchema: { type: 'object', properties: {} } },
  'tasks/get': task,
  'tasks/result': task,
  'tasks/cancel': task,
  'tasks/update': { ...task, inputResponses: { name: { action: 'accept', content: { name: 'me' } } } },
  'notifications/cancelled': { requestId: 1, reason: 'changed my mind' },
  'notifications/progress': { progressToken: 1, progress: 0.5 },
  'notifications/message': { level: 'info', data: {} },
};

export const methodNames = [...Object.keys(methods), 'tasks/update', 'no/such-method', '__proto__', ''];

/** A message of that method as it should be. */
export function wellFormed(method: string, id: number): { [key: string]: Json } {
  const isNotification = method.startsWith('notifications/');
  return { jsonrpc: '2.0', ...(!isNotification && { id }), method, params: { ...examples[method] } };
}

/** The text of a message with one to three faults, or of something else altogether. */
export function mutated(message: { [key: string]: Json }, random: Random): string {
  if (random() < 0.05)
    return pick(random, ['', '{', '[]', 'null', '1', '"text"', '\u0000', '[[[[', '{"jsonrpc":"2.0"}']);
  let changed: Json = structuredClone(message);
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) changed = withFault(changed, random);
  if (random() < 0.05) changed = Array.from({ length: Math.floor(random() * 4) }, () => structuredClone(changed));
  const text = JSON.stringify(changed);
  return random() < 0.03 ? text.slice(0, Math.floor(random() * text.length)) : text;
}

function withFault(root: Json, random: Random): Json {
  const holders = holdersIn(root);
  const holder = holders[Math.floor(random() * holders.length)];
  if (!holder) return anything(random, 3);
  const keys = Object.keys(holder);
  const key = keys[Math.floor(random() * keys.length)];
  const fields = holder as Record<string, Json>;
  const kind = random();
  if (kind < 0.25 && key !== undefined) delete fields[key];
  else if (kind < 0.75 && key !== undefined) fields[key] = anything(random, 3);
  else
    Object.defineProperty(holder, pick(random, oddNames), {
      value: anything(random, 2),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return root;
}

const oddNames = ['__proto__', 'constructor', '_meta', 'result', 'error', 'id', 'x', '', 'toString', 'progressToken'];

function holdersIn(value: Json): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(holdersIn)];
}

function anything(random: Random, depth: number): Json {
  const choices: (() => Json)[] = [
    () => null,
    () => random() < 0.5,
    () => pick(random, [0, -1, 1.5, 1e308, -0, 2 ** 53, 1e-300, 4_294_967_296]),
    () => pick(random, naughtyStrings),
    () => 'x'.repeat(Math.floor(random() * 5_000)),
    () => pick(random, ['2.0', '2026-07-28', '2024-11-05', 'tools/call', uri, 'io.modelcontextprotocol/x']),
    () => Array.from({ length: Math.floor(random() * 4) }, () => anything(random, depth - 1)),
    () =>
      Object.fromEntries(
        Array.from({ length: Math.floor(random() * 4) }, () => [pick(random, oddNames), anything(random, depth - 1)]),
      ),
    () => nested(Math.floor(random() * 200)),
  ];
  return pick(random, depth > 0 ? choices : choices.slice(0, 6))();
}

function nested(depth: number): Json {
  let value: Json = {};
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}
