import { createHash } from 'node:crypto';
import { CreateWorkflowRequest, decode, ServiceError, type FieldError } from '@scm/contracts';
import { parseDocument } from 'yaml';
import { languageFaults } from './language-check.js';
import type { WorkflowDocument } from './language.js';

const MAX_BYTES = 262_144;
const MAX_ALIASES = 32;
const MAX_SHOWN_ERRORS = 20;

/**
 * Reads a document from YAML text, JSON text or an object.
 * @throws INVALID_ARGUMENT whose details name each fault by a JSON pointer; PAYLOAD_TOO_LARGE over 256 KiB
 */
export function readDocument(source: unknown): WorkflowDocument {
  const document = plainJson(typeof source === 'string' ? parseYaml(source) : source);
  const faults = languageFaults(document);
  if (faults.length > 0) throw invalid(faults);
  return document as WorkflowDocument;
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

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** Refuses a document; each fault is named by a JSON pointer. */
export function invalid(faults: FieldError[]): ServiceError {
  const details = faults.map(({ path, message }) => ({ path: path || '/', message })).slice(0, MAX_SHOWN_ERRORS);
  const [first] = details;
  return new ServiceError('INVALID_ARGUMENT', `${first?.path}: ${first?.message}`, details);
}

function tooLarge(): ServiceError {
  return new ServiceError('PAYLOAD_TOO_LARGE', `a document has at most ${MAX_BYTES} bytes`);
}
