import { invalidField } from '@scm/contracts';

export type JsonObject = Record<string, unknown>;

export function objectOf(value: unknown, path: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw invalidField(path, 'must be an object');
}

/** The objects of a list, each with its path; a list that is not there is empty. */
export function itemsOf(parent: JsonObject, field: string, path = ''): [item: JsonObject, path: string][] {
  const at = path === '' ? field : `${path}.${field}`;
  return listOf(parent, field, path).map((item, i) => [objectOf(item, `${at}.${i}`), `${at}.${i}`]);
}

export function listOf(parent: JsonObject, field: string, path: string): unknown[] {
  const list = parent[field] ?? [];
  if (!Array.isArray(list)) throw invalidField(path === '' ? field : `${path}.${field}`, 'must be a list');
  return list as unknown[];
}

export function textField(parent: JsonObject, field: string, path: string): string {
  const value = parent[field] ?? '';
  if (typeof value !== 'string') throw invalidField(`${path}.${field}`, 'must be a text');
  return value;
}

/** A number, or, as protobuf's JSON has it, the text of one; NaN for what is neither, and `isNumber` tells the difference. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}

export function isNumber(value: unknown): boolean {
  return value === 'NaN' || !Number.isNaN(numberOf(value));
}

const NANOS = /^\d{1,20}$/;

/** Nanoseconds since 1970, as a text or a number, as whole milliseconds; 0 for what is neither. */
export function millisOf(value: unknown): number {
  if (typeof value === 'number') return Math.floor(value / 1_000_000);
  return typeof value === 'string' && NANOS.test(value) ? Number(value.slice(0, -6)) : 0;
}
