import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { resolved } from './openapi-document.js';
import { Names } from './names.js';
import type { FoundOperation, RestParameter } from './rest-operation.js';
import type { SchemaBundle } from './schema-bundle.js';

const MAX_ARGUMENT = 64;
const places = ['path', 'query', 'header'];
// What OpenAPI says that a document cannot declare, and what the connection sets itself.
const notDeclared =
  /^(accept|authorization|connection|content-.*|cookie|expect|host|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/** What a tool takes: which arguments stand for which parameters, and the schema of each. */
export interface Arguments {
  parameters: RestParameter[];
  properties: [string, unknown][];
  names: Names;
  /** A parameter that has to be there and cannot be sent. */
  missing?: string;
}

/** The parameters of an operation; its own ones stand before those that its path declares for all of them. */
export function argumentsOf(
  document: JsonObject,
  { path, item, operation }: Pick<FoundOperation, 'path' | 'item' | 'operation'>,
  bundle: SchemaBundle,
): Arguments {
  const names = new Names(MAX_ARGUMENT);
  const declared = new Map<string, JsonObject>();
  for (const each of [...listOf(item['parameters']), ...listOf(operation['parameters'])]) {
    const parameter = resolved(document, each);
    declared.set(`${String(parameter['in'])} ${String(parameter['name'])}`, parameter);
  }
  const found: Arguments = { parameters: [], properties: [], names };
  for (const parameter of declared.values()) {
    const place = String(parameter['in']);
    const name = String(parameter['name']);
    if (place === 'header' && notDeclared.test(name)) continue;
    if (place === 'path' && !path.includes(`{${name}}`)) continue;
    if (!places.includes(place)) {
      if (parameter['required'] === true) found.missing = `${place} ${name}`;
      continue;
    }
    const argument = names.give(name);
    found.parameters.push(placed(parameter, argument));
    found.properties.push([argument, described(bundle.take(schemaOf(parameter)), parameter['description'])]);
  }
  return found;
}

function placed(parameter: JsonObject, argument: string): RestParameter {
  const place = parameter['in'] as RestParameter['in'];
  const { style = place === 'query' ? 'form' : 'simple', explode = style === 'form' } = parameter;
  return {
    argument,
    name: String(parameter['name']),
    in: place,
    required: place === 'path' || parameter['required'] === true,
    style: String(style),
    explode: explode === true,
    isJson: isJsonObject(parameter['content']),
  };
}

function schemaOf({ schema, content }: JsonObject): unknown {
  const [media] = isJsonObject(content) ? Object.values(content) : [];
  return schema ?? (isJsonObject(media) ? media['schema'] : undefined) ?? {};
}

function described(schema: unknown, description: unknown): unknown {
  return isJsonObject(schema) && typeof description === 'string' ? { ...schema, description } : schema;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
