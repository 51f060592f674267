import {
  isJsonObject,
  methods,
  type JsonObject,
  type JsonRpcErrorBody,
  type Peer,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import type { Reverse, TranslationContext } from './context.js';
import type { MessageKind } from './place.js';
import { planOf, type Action, type Route } from './plan.js';
import { Work, type AppliedRule, type Note } from './work.js';

/** A request or a notification; other members, such as those of the envelope, are kept as they are. */
export interface CallBody {
  method: string;
  params?: JsonObject;
}

export interface ResultBody {
  result: JsonObject;
}

export interface ErrorBody {
  error: JsonRpcErrorBody;
}

export interface TranslationOptions {
  from: ProtocolRevision;
  to: ProtocolRevision;
  /** Who sent the message. */
  sender: Peer;
  /** The method that a response answers; calls name their own. */
  method?: string;
  context?: TranslationContext;
}

export interface Translation<Message> {
  from: ProtocolRevision;
  to: ProtocolRevision;
  /** The message itself where nothing had to change. */
  message: Message;
  /** The rules that changed something, in order. */
  applied: AppliedRule[];
  /** What was dropped and what something else stands for. */
  notes: readonly Note[];
  /** To be given as context with the answer to this request. */
  reverse?: Reverse;
}

/**
 * Gives one message as its sender would have put it in another revision. Errors may become results, where the other
 * revision says the same with one. Nothing is mutated. Throws Untranslatable where a rule refuses.
 */
export function translate<M extends CallBody | ResultBody>(message: M, options: TranslationOptions): Translation<M>;
export function translate<M extends ErrorBody>(message: M, options: TranslationOptions): Translation<M | ResultBody>;
export function translate<M extends CallBody | ResultBody | ErrorBody>(
  message: M,
  options: TranslationOptions,
): Translation<M | ResultBody>;
export function translate(
  message: CallBody | ResultBody | ErrorBody,
  { from, to, sender, method, context = {} }: TranslationOptions,
): Translation<object> {
  const work = new Work(context);
  const name = 'method' in message ? message.method : (method ?? '');
  const translated = run(
    message as unknown as JsonObject,
    { from, to, kind: kindOf(message), method: name, sender },
    work,
  );
  const { notes, reverse } = work;
  return { from, to, message: translated, applied: work.applied(), notes, ...(reverse && { reverse }) };
}

function kindOf(message: object): MessageKind {
  if ('result' in message) return 'result';
  if ('error' in message) return 'error';
  const { method } = message as CallBody;
  const known = Object.hasOwn(methods, method) ? methods[method] : undefined;
  return known?.kind ?? (method.startsWith('notifications/') ? 'notification' : 'request');
}

function run(message: JsonObject, route: Route, work: Work): JsonObject {
  let current = message;
  for (const { path, actions } of planOf(route)) {
    for (const action of path.length === 0 ? actions : []) {
      const next = act(current, [action], work);
      const kind = kindOf(next);
      // An error that became a result goes on as one.
      if (kind !== route.kind) return run(next, { ...route, kind, from: action.towards }, work);
      current = next;
    }
    if (path.length > 0) current = walk(current, path, 0, actions, work) as JsonObject;
  }
  return current;
}

function walk(value: unknown, path: readonly string[], depth: number, actions: readonly Action[], work: Work): unknown {
  if (depth === path.length) return isJsonObject(value) ? act(value, actions, work) : value;
  const key = path[depth] as string;
  if (key === '*' && !Array.isArray(value)) return walk(value, path, depth + 1, actions, work);
  if (key === '*') return walkList(value as unknown[], path, depth + 1, actions, work);
  if (!isJsonObject(value) || value[key] === undefined) return value;
  const next = walk(value[key], path, depth + 1, actions, work);
  return next === value[key] ? value : { ...value, [key]: next };
}

function walkList(
  list: unknown[],
  path: readonly string[],
  depth: number,
  actions: readonly Action[],
  work: Work,
): unknown[] {
  let changed: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const next = walk(list[index], path, depth, actions, work);
    if (next !== list[index]) (changed ??= [...list])[index] = next;
  }
  return changed ?? list;
}

function act(value: JsonObject, actions: readonly Action[], work: Work): JsonObject {
  let current = value;
  for (const { rule, direction, place, change } of actions) {
    work.enter(rule, direction, place);
    const next = change(current, work);
    if (next !== current) work.changed();
    current = next;
  }
  return current;
}
