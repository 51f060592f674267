import { parseDocument } from 'yaml';
import { ServiceError, type FieldError } from '@scm/contracts';

const MAX_BYTES = 524_288;
const MAX_ALIASES = 32;
const MAX_SHOWN_ERRORS = 20;

/** The document as plain JSON, whether it came as YAML text, JSON text or an object. */
export function readRuleDocument(source: unknown): Record<string, unknown> {
  return plainObject(typeof source === 'string' ? parseYaml(source) : source);
}

function parseYaml(text: string): unknown {
  if (Buffer.byteLength(text) > MAX_BYTES) throw tooLarge();
  try {
    const parsed = parseDocument(text, { version: '1.2', schema: 'core', prettyErrors: true });
    const [fault] = [...parsed.errors, ...parsed.warnings];
    if (fault) throw fault;
    return parsed.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw invalid([{ path: 'document', message: `is not YAML or JSON that can be read: ${reason}` }]);
  }
}

function plainObject(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw invalid([{ path: 'document', message: 'must be an object with groups' }]);
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > MAX_BYTES) throw tooLarge();
  if (/\\u0000/.test(text) || !text.isWellFormed()) {
    throw invalid([{ path: 'document', message: 'has a NUL or half a surrogate pair' }]);
  }
  return value;
}

/** Refuses a document; each fault is named by its path. */
export function invalid(faults: FieldError[]): ServiceError {
  const details = faults.slice(0, MAX_SHOWN_ERRORS);
  const [first] = details;
  return new ServiceError('INVALID_ARGUMENT', `${first?.path} ${first?.message}`, details);
}

function tooLarge(): ServiceError {
  return new ServiceError('PAYLOAD_TOO_LARGE', `a rule file has at most ${MAX_BYTES} bytes`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
