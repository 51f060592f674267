import { validateSync, type ValidationError } from 'class-validator';
import { ServiceError, type FieldError } from './errors.js';
import { fieldsOf, isSurelyValid, type ClassConstructor } from './fields.js';

const MAX_DEPTH = 64;
const MAX_SHOWN_ERRORS = 20;

/**
 * Reads one JSON payload as an instance of its contract class.
 * Unknown fields, wrong types, text Postgres cannot hold and nesting over 64 levels are refused with INVALID_ARGUMENT,
 * whose details name each field.
 */
export function decode<T extends object>(type: ClassConstructor<T>, json: string): T {
  return decodeValue(type, parseJson(json));
}

/** JSON text as a value, with the same refusals but for what the contract class would say. Empty text is an empty object. */
export function parseJson(json: string): unknown {
  const plain = parse(json);
  assertStorable(json, plain);
  return plain;
}

/** The same for a value that is parsed already. */
export function decodeValue<T extends object>(type: ClassConstructor<T>, plain: unknown): T {
  const errors: FieldError[] = [];
  const value = instantiate(type, plain, '', errors) as T;
  if (errors.length === 0 && !isSurelyValid(type, value))
    errors.push(...validateSync(value, { forbidUnknownValues: false }).flatMap((e) => flatten(e, '')));
  if (errors.length > 0) {
    const [first] = errors;
    throw new ServiceError('INVALID_ARGUMENT', `${first?.path}: ${first?.message}`, errors.slice(0, MAX_SHOWN_ERRORS));
  }
  return value;
}

/** The same for a request of bytes: its other fields come as JSON text. */
export function decodeBytes<T extends object>(type: ClassConstructor<T>, fields: string, body: Uint8Array): T {
  return decodeValue(type, { ...(parseJson(fields) as object), body });
}

function parse(json: string): unknown {
  assertShallow(json);
  try {
    return JSON.parse(json === '' ? '{}' : json) as unknown;
  } catch {
    throw new ServiceError('INVALID_ARGUMENT', 'the payload is not JSON');
  }
}

/** Recursive readers downstream must never meet a document deep enough to exhaust the stack. */
function assertShallow(json: string): void {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (inText) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inText = false;
    } else if (c === 0x22) inText = true;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > MAX_DEPTH)
        throw new ServiceError('INVALID_ARGUMENT', `the payload nests deeper than ${MAX_DEPTH} levels`);
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
}

/** Only an escape can bring NUL or half a surrogate pair into parsed JSON, and Postgres stores neither. */
function assertStorable(json: string, plain: unknown): void {
  if (!/\\u(0000|d[89a-f])/i.test(json)) return;
  const path = findUnstorable(plain, '');
  if (path !== undefined) {
    throw new ServiceError('INVALID_ARGUMENT', `${path}: has a character that is not text`, [
      { path, message: 'has a NUL or half a surrogate pair' },
    ]);
  }
}

function findUnstorable(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const at = join(path, key);
    const found = findUnstorable(key, at) ?? findUnstorable(inner, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function instantiate(type: ClassConstructor, plain: unknown, path: string, errors: FieldError[]): object {
  const value = new type() as Record<string, unknown>;
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    errors.push({ path: path || '(payload)', message: 'must be an object' });
    return value;
  }
  const fields = fieldsOf(type);
  for (const key of Object.keys(plain)) {
    if (!fields.some((f) => f.name === key)) errors.push({ path: join(path, key), message: 'is not a known field' });
  }
  const source = plain as Record<string, unknown>;
  for (const { name, nested } of fields) {
    if (!Object.hasOwn(source, name) || source[name] === undefined) continue;
    value[name] = nested ? instantiateNested(nested(), source[name], join(path, name), errors) : source[name];
  }
  return value;
}

function instantiateNested(type: ClassConstructor, plain: unknown, path: string, errors: FieldError[]): unknown {
  if (plain === null) return plain;
  if (Array.isArray(plain)) return plain.map((item, i) => instantiate(type, item, join(path, String(i)), errors));
  return typeof plain === 'object' ? instantiate(type, plain, path, errors) : plain;
}

function flatten(error: ValidationError, parent: string): FieldError[] {
  const path = join(parent, error.property);
  const own = Object.values(error.constraints ?? {})
    .slice(0, 1)
    .map((message) => ({ path, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, path))];
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
