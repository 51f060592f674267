import type { Schema } from './official.js';

export type Random = () => number;

/** Numbers from 0 to below 1 that depend on nothing but the seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A value that is valid by `schema`. */
export function instanceOf(schema: Schema, definitions: Record<string, Schema>, random: Random, depth = 0): unknown {
  const again = (inner: Schema): unknown => instanceOf(inner, definitions, random, depth + 1);
  const flat = resolve(schema, definitions);
  if (flat.const !== undefined) return flat.const;
  if (flat.enum) return pick(flat.enum, random);
  if (flat.anyOf) return again(pick(flat.anyOf, random));
  const type = Array.isArray(flat.type) ? pick(flat.type, random) : flat.type;
  switch (type) {
    case 'string':
      return pick(['', 'x', 'file:///a', 'aGk=', '\u2028', '2026-01-01'], random);
    case 'integer':
      return Math.max(flat.minimum ?? -Infinity, pick([-1, 0, 1, 60_000, 2 ** 40], random));
    case 'number':
      return flat.maximum === undefined ? pick([-1.5, 0, 1, 1e300], random) : random();
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: Math.floor(random() * (depth > 6 ? 1 : 3)) }, () => again(flat.items ?? {}));
    case 'object':
      return objectOf(flat, again, random, depth);
    default:
      return pick<unknown>(['any', 1.5, null, { a: [1] }], random);
  }
}

function objectOf(
  { properties = {}, required = [], additionalProperties }: Schema,
  again: (schema: Schema) => unknown,
  random: Random,
  depth: number,
): unknown {
  const members = Object.entries(properties)
    .filter(([key]) => required.includes(key) || random() < 1.6 / (depth + 2))
    .map(([key, schema]) => [key, again(schema)]);
  const extra = typeof additionalProperties === 'object' ? additionalProperties : {};
  if (random() < 0.4) members.push([pick(['x-extra', '__proto__', 'a/b~c', ''], random), again(extra)]);
  return Object.fromEntries(members);
}

function resolve(schema: Schema, definitions: Record<string, Schema>): Schema {
  if (schema.$ref) return resolve(definitions[schema.$ref.split('/').at(-1) ?? ''] ?? {}, definitions);
  if (!schema.allOf) return schema;
  return schema.allOf.map((part) => resolve(part, definitions)).reduce(merge);
}

function merge(a: Schema, b: Schema): Schema {
  const properties = { ...a.properties };
  for (const [key, value] of Object.entries(b.properties ?? {})) {
    const known = properties[key];
    // The more special one of the two is a const or has members that the other allows.
    properties[key] =
      !known || value.const !== undefined ? value : known.const !== undefined ? known : both(known, value);
  }
  return { ...a, ...b, properties, required: [...new Set([...(a.required ?? []), ...(b.required ?? [])])] };
}

function both(a: Schema, b: Schema): Schema {
  if (a.type === undefined) return b;
  return a.type === 'object' && b.type === 'object' ? merge(a, b) : a;
}

/** Each copy of `value` in which one place holds something else, or nothing. */
export function* mutationsOf(value: unknown): Generator<{ at: string; value: unknown }> {
  for (const path of pathsOf(value)) {
    const at = `/${path.join('/')}`;
    if (path.length > 0) yield { at: `${at} removed`, value: changed(value, path, undefined) };
    for (const other of [null, true, 0, -1, 1.5, '', 'x', [], [1], {}, { type: 'text' }]) {
      yield { at: `${at} = ${JSON.stringify(other)}`, value: changed(value, path, other) };
    }
  }
}

function pathsOf(value: unknown, path: string[] = []): string[][] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))
      : [];
  return [path, ...inner];
}

function changed(value: unknown, path: string[], replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return structuredClone(replacement);
  const isList = Array.isArray(value);
  const entries = Object.entries(value as object).flatMap(([name, member]) => {
    if (name !== key) return [[name, member as unknown]];
    return replacement === undefined && rest.length === 0 ? [] : [[name, changed(member, rest, replacement)]];
  });
  return isList ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}
