import { isJsonObject, type JsonObject } from '@scm/mcp-messages';

const namedSchemas = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const plainValues = ['const', 'enum', 'default', 'examples'];
const references = ['$ref', '$dynamicRef', '$recursiveRef'];

/** A schema for `{ result: value }` where the value is valid by `schema`; its references are moved with it. */
export function wrappedSchema({ $schema, ...schema }: JsonObject): JsonObject {
  return {
    ...($schema !== undefined && { $schema }),
    type: 'object',
    properties: { result: moved(schema) },
    required: ['result'],
  };
}

// Servers choose how deep their schemas are; what nobody reads any more is left as it is.
const MAX_DEPTH = 200;

function moved(schema: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return schema;
  if (Array.isArray(schema)) return schema.map((item) => moved(item, depth + 1));
  // What has an id of its own is a document of its own.
  if (!isJsonObject(schema) || schema['$id'] !== undefined) return schema;
  return mapMembers(schema, (value, key) => {
    if (references.includes(key)) return movedReference(value);
    if (plainValues.includes(key)) return value;
    const isNamed = namedSchemas.includes(key) && isJsonObject(value);
    return isNamed ? mapMembers(value, (member) => moved(member, depth + 1)) : moved(value, depth + 1);
  });
}

function movedReference(reference: unknown): unknown {
  if (reference === '#') return '#/properties/result';
  const isPointer = typeof reference === 'string' && reference.startsWith('#/');
  return isPointer ? `#/properties/result${reference.slice(1)}` : reference;
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
