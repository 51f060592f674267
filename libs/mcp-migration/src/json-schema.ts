import { isJsonObject, type JsonObject } from '@scm/mcp-messages';

const namedSchemas = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const plainValues = ['const', 'enum', 'default', 'examples'];
const references = ['$ref', '$dynamicRef', '$recursiveRef'];

/**
 * A schema of objects for what is valid by `schema`: `{ result: value }`. Where the value may be an object, it may also
 * stand for itself, since whoever has a value may not have its schema. References are moved with the schema.
 */
export function wrappedSchema({ $schema, ...schema }: JsonObject): JsonObject {
  const head = { ...($schema !== undefined && { $schema }), type: 'object' };
  if (!mayBeObject(schema)) return { ...head, ...resultOf(schema, '#') };
  return { ...head, anyOf: [resultOf(schema, '#/anyOf/0'), moved(schema, '#/anyOf/1')] };
}

function mayBeObject({ type }: JsonObject): boolean {
  return type === undefined || (Array.isArray(type) && type.includes('object'));
}

function resultOf(schema: JsonObject, at: string): JsonObject {
  return { properties: { result: moved(schema, `${at}/properties/result`) }, required: ['result'] };
}

// Servers choose how deep their schemas are; what nobody reads any more is left as it is.
const MAX_DEPTH = 200;

/** The schema as it reads at another place of the document, `to`. */
function moved(schema: unknown, to: string, depth = 0): unknown {
  if (depth > MAX_DEPTH) return schema;
  const inner = (part: unknown): unknown => moved(part, to, depth + 1);
  if (Array.isArray(schema)) return schema.map(inner);
  // What has an id of its own is a document of its own.
  if (!isJsonObject(schema) || schema['$id'] !== undefined) return schema;
  return mapMembers(schema, (value, key) => {
    if (references.includes(key)) return movedReference(value, to);
    if (plainValues.includes(key)) return value;
    return namedSchemas.includes(key) && isJsonObject(value) ? mapMembers(value, inner) : inner(value);
  });
}

function movedReference(reference: unknown, to: string): unknown {
  const isPointer = typeof reference === 'string' && (reference === '#' || reference.startsWith('#/'));
  return isPointer ? `${to}${reference.slice(1)}` : reference;
}

/** The schema with what revisions before 2026-07-28 take: properties that are objects, and names that are texts. */
export function plainMembers(schema: JsonObject): JsonObject {
  const { properties, required } = schema;
  const isPlain = properties === undefined || holdsObjects(properties);
  const areTexts = required === undefined || holdsTexts(required);
  if (isPlain && areTexts) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]) => {
    if (key === 'properties' && !isPlain) return isJsonObject(value) ? [[key, mapMembers(value, asObject)]] : [];
    return key === 'required' && !areTexts ? [] : [[key, value]];
  });
  return Object.fromEntries(entries) as JsonObject;
}

// Loops, since every property of every listed tool comes by here.
function holdsObjects(properties: unknown): boolean {
  if (!isJsonObject(properties)) return false;
  for (const name in properties) if (!isJsonObject(properties[name])) return false;
  return true;
}

function holdsTexts(names: unknown): boolean {
  if (!Array.isArray(names)) return false;
  for (const name of names) if (typeof name !== 'string') return false;
  return true;
}

function asObject(schema: unknown): unknown {
  if (isJsonObject(schema)) return schema;
  return schema === false ? { not: {} } : {};
}

function mapMembers(value: JsonObject, change: (member: unknown, key: string) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member, key)]));
}
