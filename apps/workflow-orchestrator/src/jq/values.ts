import type { BinaryOperator } from './ast.js';
import { ExpressionError } from './expression-error.js';

export type Dict = Record<string, unknown>;

const MAX_TEXT = 262_144;

export function typeOf(value: unknown): 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'boolean' | 'number' | 'string' | 'object';
}

export function isDict(value: unknown): value is Dict {
  return typeOf(value) === 'object';
}

/** A value in an error's text, cut as jq cuts it. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return `${typeOf(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
}

export function isTruthy(value: unknown): boolean {
  return value !== null && value !== false && value !== undefined;
}

const RANK = { null: 0, boolean: 1, number: 3, string: 4, array: 5, object: 6 } as const;

/** The order of all JSON values: null, false, true, numbers, texts by code point, lists, objects by their keys first. */
export function compare(a: unknown, b: unknown): number {
  const [left, right] = [typeOf(a), typeOf(b)];
  if (left !== right) return RANK[left] - RANK[right];
  switch (left) {
    case 'null':
      return 0;
    case 'boolean':
      return Number(a) - Number(b);
    case 'number':
      return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
    case 'string':
      return compareTexts(a as string, b as string);
    case 'array':
      return compareLists(a as unknown[], b as unknown[]);
    case 'object':
      return compareDicts(a as Dict, b as Dict);
  }
}

export function isEqual(a: unknown, b: unknown): boolean {
  return compare(a, b) === 0;
}

export function operate(operator: BinaryOperator, a: unknown, b: unknown): unknown {
  switch (operator) {
    case '==':
      return isEqual(a, b);
    case '!=':
      return !isEqual(a, b);
    case '<':
      return compare(a, b) < 0;
    case '<=':
      return compare(a, b) <= 0;
    case '>':
      return compare(a, b) > 0;
    case '>=':
      return compare(a, b) >= 0;
    case '+':
      return add(a, b);
    case '-':
      return subtract(a, b);
    case '*':
      return multiply(a, b);
    case '/':
      return divide(a, b);
    case '%':
      return modulo(a, b);
  }
}

export function add(a: unknown, b: unknown): unknown {
  if (a === null || a === undefined) return b ?? null;
  if (b === null || b === undefined) return a;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') return bounded(a + b);
  if (Array.isArray(a) && Array.isArray(b)) return [...(a as unknown[]), ...(b as unknown[])];
  if (isDict(a) && isDict(b)) return { ...a, ...b };
  throw cannot(a, b, 'added');
}

export function bounded(text: string): string {
  if (text.length > MAX_TEXT) throw new ExpressionError(`a text has at most ${MAX_TEXT} characters`);
  return text;
}

function subtract(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (Array.isArray(a) && Array.isArray(b)) return a.filter((item) => !b.some((other) => isEqual(item, other)));
  throw cannot(a, b, 'subtracted');
}

function multiply(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (typeof a === 'string' && typeof b === 'number') return repeat(a, b);
  if (typeof a === 'number' && typeof b === 'string') return repeat(b, a);
  if (isDict(a) && isDict(b)) return merge(a, b);
  throw cannot(a, b, 'multiplied');
}

function repeat(text: string, times: number): string | null {
  if (times < 0 || Number.isNaN(times)) return null;
  const count = Math.floor(times);
  if (text.length * count > MAX_TEXT) throw new ExpressionError(`a text has at most ${MAX_TEXT} characters`);
  return text.repeat(count);
}

function merge(a: Dict, b: Dict): Dict {
  // A map, since assigning to a key like `__proto__` would not make a key.
  const merged = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const own = merged.get(key);
    merged.set(key, isDict(own) && isDict(value) ? merge(own, value) : value);
  }
  return Object.fromEntries(merged);
}

function divide(a: unknown, b: unknown): unknown {
  if (typeof a === 'string' && typeof b === 'string') return a === '' ? [] : a.split(b);
  if (typeof a !== 'number' || typeof b !== 'number') throw cannot(a, b, 'divided');
  if (b === 0) throw new ExpressionError(`${shown(a)} and ${shown(b)} cannot be divided because the divisor is zero`);
  return a / b;
}

function modulo(a: unknown, b: unknown): unknown {
  if (typeof a !== 'number' || typeof b !== 'number') throw cannot(a, b, 'divided');
  const [left, right] = [Math.trunc(a), Math.abs(Math.trunc(b))];
  if (right === 0)
    throw new ExpressionError(`${shown(a)} and ${shown(b)} cannot be divided because the divisor is zero`);
  return (left % right) + 0;
}

function cannot(a: unknown, b: unknown, what: string): ExpressionError {
  return new ExpressionError(`${shown(a)} and ${shown(b)} cannot be ${what}`);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareLists(a: unknown[], b: unknown[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compare(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareDicts(a: Dict, b: Dict): number {
  const [left, right] = [Object.keys(a).sort(compareTexts), Object.keys(b).sort(compareTexts)];
  const order = compareLists(left, right);
  if (order !== 0) return order;
  for (const key of left) {
    const byValue = compare(a[key], b[key]);
    if (byValue !== 0) return byValue;
  }
  return 0;
}
