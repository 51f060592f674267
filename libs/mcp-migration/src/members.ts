import { isJsonObject, type JsonObject } from '@scm/mcp-messages';

/** The object without some of its members; the object itself where it has none of them. */
export function without(value: JsonObject, ...keys: string[]): JsonObject {
  if (!keys.some((key) => value[key] !== undefined)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
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

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
