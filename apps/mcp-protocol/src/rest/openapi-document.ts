import { upgradeFromThreeToThreeOne } from '@scalar/openapi-upgrader/3.0-to-3.1';
import { invalidField, ServiceError } from '@scm/contracts';
import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'yaml';

const FIELD = 'api.document';

/**
 * The document as one of OpenAPI 3.1. Throws INVALID_ARGUMENT that names the place of the first fault. References lead nowhere but into
 * the document itself.
 */
export async function readDocument(text: string): Promise<JsonObject> {
  const document = parsed(text);
  const version = isJsonObject(document) ? document['openapi'] : undefined;
  if (!isJsonObject(document) || typeof version !== 'string' || !/^3\.[01](\.|$)/.test(version))
    throw invalidField(FIELD, '/openapi must be 3.0 or 3.1');
  // It is given an object: a text it would take for the name of a file.
  const { valid, errors } = await new Validator().validate(document);
  if (!valid) throw invalidField(FIELD, faultOf(errors));
  return upgradeFromThreeToThreeOne(document) as JsonObject;
}

/** The value that a reference into the document leads to; undefined when it leads elsewhere. */
export function targetOf(document: JsonObject, ref: string): unknown {
  if (!ref.startsWith('#/')) return undefined;
  const names = ref
    .slice(2)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>((at, name) => (isNode(at) && Object.hasOwn(at, name) ? at[name] : undefined), document);
}

/** The object itself, or the one that it refers to. */
export function resolved(document: JsonObject, value: unknown): JsonObject {
  const seen = new Set<unknown>();
  let at = value;
  while (isJsonObject(at) && typeof at['$ref'] === 'string' && !seen.has(at)) {
    seen.add(at);
    at = targetOf(document, at['$ref']);
  }
  return isJsonObject(at) ? at : {};
}

function isNode(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

function parsed(text: string): unknown {
  try {
    return /^\s*\{/.test(text) ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw invalidField(FIELD, `is neither JSON nor YAML: ${String((error as Error).message).split('\n')[0]}`);
  }
}

type Errors = Awaited<ReturnType<Validator['validate']>>['errors'];

/** Of what the schema of OpenAPI says, the fault that lies deepest: the others follow from it. */
function faultOf(errors: Errors): string {
  if (typeof errors === 'string' || errors === undefined) return errors ?? 'is not valid';
  const [deepest] = errors.toSorted((a, b) => depthOf(b.instancePath) - depthOf(a.instancePath));
  return `${deepest?.instancePath || '/'} ${deepest?.message ?? 'is not valid'}`;
}

function depthOf(pointer: string): number {
  return pointer.split('/').length;
}
