import { ExpressionError } from './expression-error.js';
import { isDict, isEqual, shown, typeOf, type Dict } from './values.js';

/** A key, an index, or the ends of a slice. */
export type Key = unknown;

export interface Slice {
  start: number | null;
  end: number | null;
}

/** What `value[key]` is. */
export function child(value: unknown, key: Key): unknown {
  if (value === null || value === undefined) {
    if (['string', 'number', 'object', 'null'].includes(typeOf(key))) return null;
  } else if (isDict(value) && typeof key === 'string') return Object.hasOwn(value, key) ? (value[key] ?? null) : null;
  else if (Array.isArray(value)) {
    if (typeof key === 'number') return at(value, key);
    if (isDict(key)) return slice(value, key);
    if (Array.isArray(key)) return indices(value, key);
  } else if (typeof value === 'string' && isDict(key)) return slice(value, key);
  throw new ExpressionError(
    `Cannot index ${typeOf(value)} with ${typeof key === 'string' ? JSON.stringify(key) : typeOf(key)}`,
  );
}

export function canIndex(value: unknown, key: Key): boolean {
  try {
    child(value, key);
    return true;
  } catch {
    return false;
  }
}

export function slice(value: unknown, { start, end }: Slice | Dict): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string' && !Array.isArray(value)) {
    throw new ExpressionError(`Cannot index ${typeOf(value)} with object`);
  }
  const items = typeof value === 'string' ? Array.from(value) : (value as unknown[]);
  const [from, to] = boundsOf(items.length, start, end);
  const part = items.slice(from, Math.max(from, to));
  return typeof value === 'string' ? part.join('') : part;
}

export function getPath(value: unknown, path: readonly Key[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner === null ? null : child(inner, key)), value ?? null);
}

/** `value` with what stands at `path` replaced by what `update` makes of it. */
export function updatePath(value: unknown, path: readonly Key[], update: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (path.length === 0) return update(value ?? null);
  return withChild(value, key, updatePath(child(value, key), rest, update));
}

/** `value` without what stands at the paths. */
export function deletePaths(value: unknown, paths: readonly (readonly Key[])[]): unknown {
  return paths.reduceRight<unknown>((left, path) => deletePath(left, path), value);
}

function deletePath(value: unknown, path: readonly Key[]): unknown {
  const [key, ...rest] = path;
  if (value === null || value === undefined) return null;
  if (path.length === 0) return null;
  if (rest.length > 0) {
    const inner = child(value, key);
    return inner === null ? value : withChild(value, key, deletePath(inner, rest));
  }
  if (isDict(value) && typeof key === 'string') {
    const { [key]: _, ...left } = value;
    return left;
  }
  if (Array.isArray(value) && typeof key === 'number') {
    const index = key < 0 ? key + value.length : key;
    return value.filter((_, i) => i !== Math.floor(index));
  }
  if (Array.isArray(value) && isDict(key)) {
    const [from, to] = boundsOf(value.length, key.start, key.end);
    return value.filter((_, i) => i < from || i >= to);
  }
  throw new ExpressionError(`Cannot delete field at ${typeOf(key)} index of ${typeOf(value)}`);
}

const MAX_INDEX = 100_000;

function withChild(value: unknown, key: Key, item: unknown): unknown {
  if (typeof key === 'string' && (value === null || value === undefined || isDict(value))) {
    return { ...value, [key]: item };
  }
  if (typeof key === 'number' && (value === null || value === undefined || Array.isArray(value))) {
    const items: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [];
    const index = Math.floor(key < 0 ? key + items.length : key);
    if (index < 0) throw new ExpressionError('Out of bounds negative array index');
    if (index > MAX_INDEX) throw new ExpressionError('Array index too large');
    while (items.length < index) items.push(null);
    items[index] = item;
    return items;
  }
  if (isDict(key) && (value === null || value === undefined || Array.isArray(value))) {
    if (!Array.isArray(item)) throw new ExpressionError('A slice of an array can only be assigned another array');
    const items = (value ?? []) as unknown[];
    const [from, to] = boundsOf(items.length, key.start, key.end);
    return [...items.slice(0, from), ...(item as unknown[]), ...items.slice(Math.max(from, to))];
  }
  throw new ExpressionError(`Cannot index ${typeOf(value)} with ${typeof key === 'string' ? `"${key}"` : shown(key)}`);
}

function at(items: unknown[], index: number): unknown {
  return items.at(Math.floor(index)) ?? null;
}

export function indices(items: unknown[], wanted: unknown[]): number[] {
  if (wanted.length === 0) return [];
  const found: number[] = [];
  for (let i = 0; i + wanted.length <= items.length; i++) {
    if (wanted.every((item, j) => isEqual(item, items[i + j]))) found.push(i);
  }
  return found;
}

function boundsOf(length: number, start: unknown, end: unknown): [number, number] {
  return [bound(length, start, 0, Math.floor), bound(length, end, length, Math.ceil)];
}

function bound(length: number, given: unknown, otherwise: number, round: (n: number) => number): number {
  if (given === null || given === undefined) return otherwise;
  if (typeof given !== 'number') throw new ExpressionError('Start and end indices of an array slice must be numbers');
  const whole = round(given);
  return Math.min(Math.max(whole < 0 ? whole + length : whole, 0), length);
}
