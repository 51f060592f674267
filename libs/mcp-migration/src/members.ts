import { isJsonObject, type JsonObject } from '@scm/mcp-messages';

/** The object without some of its members; the object itself where it has none of them. */
export function without(value: JsonObject, ...keys: string[]): JsonObject {
  if (!keys.some((key) => value[key] !== undefined)) return value;
  const rest: JsonObject = {};
  for (const key in value) if (!keys.includes(key)) setOwn(rest, key, value[key]);
  return rest;
}

// Assigning that one name would set what the object inherits from.
function setOwn(value: JsonObject, key: string, member: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(value, key, { value: member, enumerable: true, writable: true, configurable: true });
  else value[key] = member;
}

/** The object with what `change` makes of an object member; the object itself where that is the same. */
export function within(value: JsonObject, key: string, change: (member: JsonObject) => JsonObject): JsonObject {
  const member = value[key];
  if (!isJsonObject(member)) return value;
  const next = change(member);
  return next === member ? value : { ...value, [key]: next };
}

/** The object without keys of its `_meta`, and without `_meta` where that held nothing else. */
export function withoutMeta(value: JsonObject, ...keys: string[]): JsonObject {
  const meta = value['_meta'];
  if (!isJsonObject(meta)) return value;
  const rest = without(meta, ...keys);
  if (rest === meta) return value;
  return Object.keys(rest).length === 0 ? without(value, '_meta') : { ...value, _meta: rest };
}

/** A name as a step of a JSON pointer (RFC 6901). */
export function pointerStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
