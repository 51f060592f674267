import { createHash } from 'node:crypto';
import { Ajv, type ErrorObject } from 'ajv';
import { CreateWorkflowRequest, decode, ServiceError, type Capability, type FieldError } from '@scm/contracts';
import { parseDocument } from 'yaml';
import { documentSchema } from './document.schema.js';
import { durationMs } from './duration.js';
import { ExpressionError, expressionIn, parseExpression } from './expression.js';

/** A document that was checked by `readDocument`. */
export interface WorkflowDocument {
  document: { dsl: string; namespace: string; name: string; version: string; title?: string; summary?: string };
  input?: { from?: unknown };
  output?: { as?: unknown };
  schedule?: { on: { one: { with: AlertFilter } } };
  do: Record<string, TaskDocument>[];
}

export interface AlertFilter {
  subject?: string;
  data?: { alertName?: string; labels?: Record<string, string> };
}

export interface TaskDocument {
  call: Capability;
  with: Record<string, unknown>;
  input?: { from?: unknown };
  output?: { as?: unknown };
  export?: { as?: unknown };
  timeout?: { after: unknown };
  metadata?: { scm?: { retry?: Partial<RetryPolicy> } };
}

/** Waits before each further attempt: a random part of `initialMs * factor ^ n`, at most `maxMs`. */
export interface RetryPolicy {
  maxAttempts: number;
  initialMs: number;
  maxMs: number;
  factor: number;
}

const MAX_BYTES = 262_144;
const MAX_ALIASES = 32;
const MAX_TIMEOUT_MS = 7 * 86_400_000;
const MAX_SHOWN_ERRORS = 20;

const matches = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true }).compile(documentSchema);

/**
 * Reads a document from YAML text, JSON text or an object.
 * @throws INVALID_ARGUMENT whose details name each fault by a JSON pointer; PAYLOAD_TOO_LARGE over 256 KiB
 */
export function readDocument(source: unknown): WorkflowDocument {
  const document = plainJson(typeof source === 'string' ? parseYaml(source) : source);
  if (!matches(document)) throw invalid((matches.errors ?? []).map(schemaFault));
  const checked = document as unknown as WorkflowDocument;
  const faults = [...expressionFaults(checked), ...timeoutFaults(checked)];
  if (faults.length > 0) throw invalid(faults);
  return checked;
}

/** SHA-256 of the document with its keys in order, hex: the same for documents that say the same. */
export function digestOfDocument(document: WorkflowDocument): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(document)))
    .digest('hex');
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
    throw invalid([{ path: '', message: `is not YAML or JSON that can be read: ${reason}` }]);
  }
}

/** What the text was as JSON: aliases written out, then held against the limits every payload has. */
function plainJson(value: unknown): unknown {
  const json = asJson(value);
  if (Buffer.byteLength(json) > MAX_BYTES) throw tooLarge();
  try {
    return decode(CreateWorkflowRequest, `{"document":${json}}`).document;
  } catch (error) {
    const { message, details = [{ path: '', message }] } = error as ServiceError;
    throw invalid(details.map((d) => ({ ...d, path: d.path.replace(/^document/, '').replaceAll('.', '/') })));
  }
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    throw invalid([{ path: '', message: 'nests too deep' }]);
  }
}

function schemaFault({ instancePath, keyword, params, message = 'is not valid' }: ErrorObject): FieldError {
  if (keyword === 'additionalProperties') {
    return { path: `${instancePath}/${escaped(String(params.additionalProperty))}`, message: 'is not supported' };
  }
  if (keyword === 'required')
    return { path: `${instancePath}/${escaped(String(params.missingProperty))}`, message: 'is missing' };
  if (keyword === 'enum') {
    const allowed = (params.allowedValues as unknown[]).join(', ');
    return { path: instancePath, message: `is not supported: must be one of ${allowed}` };
  }
  if (keyword === 'const') return { path: instancePath, message: `must be ${String(params.allowedValue)}` };
  return { path: instancePath, message };
}

function expressionFaults(document: WorkflowDocument): FieldError[] {
  const { input, output, do: tasks } = document;
  return texts({ input, output, do: tasks }, '').flatMap(([path, text]) => {
    const expression = expressionIn(text);
    try {
      if (expression !== undefined) parseExpression(expression);
      return [];
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return [{ path, message: error.message }];
    }
  });
}

function timeoutFaults(document: WorkflowDocument): FieldError[] {
  return document.do.flatMap((item, i) =>
    Object.entries(item).flatMap(([name, { timeout }]) => {
      const ms = timeout && durationMs(timeout.after);
      if (!timeout || (ms !== undefined && ms >= 1 && ms <= MAX_TIMEOUT_MS)) return [];
      const path = `/do/${i}/${escaped(name)}/timeout/after`;
      return [
        {
          path,
          message: 'must be an ISO 8601 duration or {days, hours, minutes, seconds, milliseconds}, up to 7 days',
        },
      ];
    }),
  );
}

function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, `${path}/${escaped(key)}`));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** One token of a JSON pointer (RFC 6901). */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function invalid(faults: FieldError[]): ServiceError {
  const details = faults.map(({ path, message }) => ({ path: path || '/', message })).slice(0, MAX_SHOWN_ERRORS);
  const [first] = details;
  return new ServiceError('INVALID_ARGUMENT', `${first?.path}: ${first?.message}`, details);
}

function tooLarge(): ServiceError {
  return new ServiceError('PAYLOAD_TOO_LARGE', `a document has at most ${MAX_BYTES} bytes`);
}
