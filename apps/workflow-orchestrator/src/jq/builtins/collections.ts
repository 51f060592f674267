import type { Builtin } from '../builtins.js';
import { ExpressionError } from '../expression-error.js';
import { child, indices } from '../paths.js';
import { compare, isDict, isEqual, shown, typeOf } from '../values.js';
import { plain } from './plain.js';

/** Filters about lists and objects. */
export const collectionBuiltins: Record<string, Builtin> = {
  'length/0': plain((input) => lengthOf(input)),
  'keys/0': plain((input) => keysOf(input).sort(compare)),
  'keys_unsorted/0': plain(keysOf),
  'has/1': plain(has),
  'contains/1': plain(contains),
  'reverse/0': plain((input) => (input === null || input === '' ? [] : list(input).toReversed())),
  'sort/0': plain((input) => list(input).toSorted(compare)),
  '_sort_by/1': plain((input, keys) => byKeys(input, keys).map(({ item }) => item)),
  '_group_by/1': plain((input, keys) => {
    const groups: { key: unknown; items: unknown[] }[] = [];
    for (const { key, item } of byKeys(input, keys)) {
      const last = groups.at(-1);
      if (last && isEqual(last.key, key)) last.items.push(item);
      else groups.push({ key, items: [item] });
    }
    return groups.map(({ items }) => items);
  }),
  '_min_by/1': plain((input, keys) => byKeys(input, keys)[0]?.item ?? null),
  '_max_by/1': plain((input, keys) => byKeys(input, keys).at(-1)?.item ?? null),
  'min/0': plain((input) => list(input).toSorted(compare)[0] ?? null),
  'max/0': plain((input) => list(input).toSorted(compare).at(-1) ?? null),
  'flatten/0': plain((input) => list(input).flat(Infinity)),
  'flatten/1': plain((input, depth) => {
    if (typeof depth !== 'number' || depth < 0) throw new ExpressionError('flatten depth must not be negative');
    return list(input).flat(depth);
  }),
  'transpose/0': plain((input) => {
    const rows = list(input).map(list);
    const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
    return Array.from({ length: width }, (_, i) => rows.map((row) => row[i] ?? null));
  }),
  'indices/1': plain(indicesOf),
  'tojson/0': plain((input) => JSON.stringify(input ?? null)),
  'fromjson/0': plain((input) => {
    try {
      return JSON.parse(text(input)) as unknown;
    } catch {
      throw new ExpressionError(`${shown(input)} cannot be parsed as JSON`);
    }
  }),
  'type/0': plain(typeOf),
  'bsearch/1': plain((input, wanted) => {
    const items = list(input);
    const at = items.findIndex((item) => compare(item, wanted) >= 0);
    if (at !== -1 && isEqual(items[at], wanted)) return at;
    return -1 - (at === -1 ? items.length : at);
  }),
};

function lengthOf(value: unknown): number {
  if (typeof value === 'boolean') throw new ExpressionError(`${shown(value)} has no length`);
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value === 'string') return Array.from(value).length;
  return Object.keys(value ?? {}).length;
}

function keysOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.map((_, i) => i);
  if (isDict(value)) return Object.keys(value);
  throw new ExpressionError(`${shown(value)} has no keys`);
}

function has(value: unknown, key: unknown): boolean {
  if (value === null) return false;
  if (isDict(value) && typeof key === 'string') return Object.hasOwn(value, key);
  if (Array.isArray(value) && typeof key === 'number') return key >= 0 && key < value.length;
  throw new ExpressionError(`Cannot check whether ${typeOf(value)} has a ${typeOf(key)} key`);
}

function contains(value: unknown, wanted: unknown): boolean {
  if (typeOf(value) !== typeOf(wanted)) {
    throw new ExpressionError(`${shown(value)} and ${shown(wanted)} cannot have their containment checked`);
  }
  return isWithin(value, wanted);
}

function isWithin(value: unknown, wanted: unknown): boolean {
  if (typeof value === 'string' && typeof wanted === 'string') return value.includes(wanted);
  if (Array.isArray(value) && Array.isArray(wanted)) {
    return wanted.every((item) => value.some((own) => typeOf(own) === typeOf(item) && isWithin(own, item)));
  }
  if (isDict(value) && isDict(wanted)) {
    return Object.entries(wanted).every(
      ([key, item]) => Object.hasOwn(value, key) && typeOf(value[key]) === typeOf(item) && isWithin(value[key], item),
    );
  }
  return isEqual(value, wanted);
}

function byKeys(input: unknown, keys: unknown): { key: unknown; item: unknown }[] {
  const all = list(keys);
  return list(input)
    .map((item, i) => ({ key: all[i], item }))
    .sort((a, b) => compare(a.key, b.key));
}

function indicesOf(value: unknown, wanted: unknown): unknown {
  if (value === null) return null;
  if (typeof value === 'string' && typeof wanted === 'string') {
    const [letters, sought] = [Array.from(value), Array.from(wanted)];
    return sought.length === 0 ? null : indices(letters, sought);
  }
  if (Array.isArray(value)) return indices(value, Array.isArray(wanted) ? wanted : [wanted]);
  return child(value, wanted);
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new ExpressionError(`${shown(value)} is not an array`);
  return value as unknown[];
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new ExpressionError(`${shown(value)} only strings can be parsed`);
  return value;
}
