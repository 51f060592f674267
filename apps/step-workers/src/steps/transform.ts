import { invalidField } from '@scm/contracts';
import { holds, operators, type Operator } from './comparison.js';
import { valueAt } from './path.js';

type Operation = (value: unknown, argument: unknown, at: string) => unknown;

/** What a processing step can do, each written `{name: argument}`. Those on lists refuse anything else. */
const operations: Record<string, Operation> = {
  /** `{select: 'a.b.0'}`: what stands at the path. */
  select: (value, path, at) => valueAt(value, text(path, at)),
  /** `{map: 'labels.host'}`: what stands at the path of each item. */
  map: (value, path, at) => list(value, at).map((item) => valueAt(item, text(path, at))),
  /** `{filter: {path, op, than}}`: the items for which the comparison holds. */
  filter: (value, condition, at) => {
    const { path, op, than } = conditionOf(condition, at);
    return list(value, at).filter((item) => holds(valueAt(item, path), op, than));
  },
  /** `{pick: ['a', 'b']}`: an object, or each object of a list, with these keys only. */
  pick: (value, keys, at) => {
    const wanted = texts(keys, at);
    return eachObject(value, at, (entries) => entries.filter(([key]) => wanted.includes(key)));
  },
  /** `{omit: ['a']}`: without these keys. */
  omit: (value, keys, at) => {
    const unwanted = texts(keys, at);
    return eachObject(value, at, (entries) => entries.filter(([key]) => !unwanted.includes(key)));
  },
  /** `{rename: {from: 'to'}}`. */
  rename: (value, names, at) => {
    const renamed = new Map(Object.entries(object(names, at)).map(([from, to]) => [from, text(to, at)]));
    return eachObject(value, at, (entries) => entries.map(([key, inner]) => [renamed.get(key) ?? key, inner]));
  },
  /** `{set: {key: value}}`: adds or replaces keys. */
  set: (value, values, at) => eachObject(value, at, (entries) => [...entries, ...Object.entries(object(values, at))]),
  /** `{sort: {by?: 'path', order?: 'asc' | 'desc'}}`: numbers before texts before the rest. */
  sort: (value, how, at) => {
    const { by = '', order = 'asc' } = object(how, at);
    if (order !== 'asc' && order !== 'desc') throw invalidField(`${at}.order`, 'must be asc or desc');
    const path = text(by, `${at}.by`);
    const sign = order === 'asc' ? 1 : -1;
    return list(value, at).toSorted((a, b) => sign * compared(valueAt(a, path), valueAt(b, path)));
  },
  /** `{limit: 10}`: the first items. */
  limit: (value, count, at) => {
    if (!Number.isInteger(count) || (count as number) < 0) throw invalidField(at, 'must be a whole number from 0');
    return list(value, at).slice(0, count as number);
  },
  /** `{flatten: 1}`: lists in the list to this depth. */
  flatten: (value, depth, at) => {
    if (!Number.isInteger(depth) || (depth as number) < 1) throw invalidField(at, 'must be a whole number from 1');
    return list(value, at).flat(depth as 1);
  },
};

/** Applies operations in order. Throws INVALID_ARGUMENT that names the operation. */
export function transform(source: unknown, wanted: readonly unknown[]): unknown {
  return wanted.reduce((value, operation, i) => {
    const at = `operations.${i}`;
    const [[name, argument] = ['', undefined], ...others] = Object.entries(object(operation, at));
    const apply = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!apply || others.length > 0) {
      throw invalidField(at, `must have one key of ${Object.keys(operations).join(', ')}`);
    }
    return apply(value, argument, `${at}.${name}`);
  }, source);
}

function eachObject(
  value: unknown,
  at: string,
  change: (entries: [string, unknown][]) => [string, unknown][],
): unknown {
  if (Array.isArray(value)) return value.map((item) => eachObject(item, at, change));
  if (typeof value !== 'object' || value === null) throw invalidField(at, 'works on objects and lists of objects');
  return Object.fromEntries(change(Object.entries(value)));
}

function compared(a: unknown, b: unknown): number {
  const [rankA, rankB] = [rank(a), rank(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (rankA === 2) return 0;
  return (a as number) < (b as number) ? -1 : Number((a as number) > (b as number));
}

function rank(value: unknown): number {
  return typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2;
}

function conditionOf(value: unknown, at: string): { path: string; op: Operator; than: unknown } {
  const { path = '', op, than } = object(value, at);
  const known = operators.find((operator) => operator === op);
  if (!known) throw invalidField(`${at}.op`, `must be one of ${operators.join(', ')}`);
  return { path: text(path, `${at}.path`), op: known, than };
}

function list(value: unknown, at: string): unknown[] {
  if (!Array.isArray(value)) throw invalidField(at, 'works on lists');
  return value as unknown[];
}

function object(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidField(at, 'must be an object');
  return value as Record<string, unknown>;
}

function texts(value: unknown, at: string): string[] {
  return list(value, at).map((item) => text(item, at));
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string') throw invalidField(at, 'must be a text');
  return value;
}
