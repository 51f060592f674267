import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { jsonContent } from './media.js';
import { resolved } from './openapi-document.js';
import { argumentsOf } from './operation-parameters.js';
import type { FoundOperation, RestMethod, RestOperation } from './rest-operation.js';
import { SchemaBundle } from './schema-bundle.js';

const MAX_TOOL = 65_536;
const MAX_TITLE = 256;

/** The operation with its tool, or why there can be none. */
export function toolOf(document: JsonObject, found: FoundOperation): RestOperation | string {
  const { name, method, path, operation } = found;
  const bundle = new SchemaBundle(document);
  const { parameters, properties, names, missing } = argumentsOf(document, found, bundle);
  if (missing) return `it needs the parameter ${missing}`;
  if (!isPlain(path)) return 'its path cannot be called as it stands';
  const unknown = placeholders(path).find((each) => !parameters.some((p) => p.in === 'path' && p.name === each));
  if (unknown !== undefined) return `it does not declare {${unknown}} of its path`;
  const body = bodyOf(document, operation);
  if (body === 'other') return 'it needs a body that is not JSON';
  const argument = body && names.give('body');
  if (body && argument !== undefined) properties.push([argument, bundle.take(body.schema)]);
  const required = [
    ...parameters.filter((p) => p.required).map((p) => p.argument),
    ...(body?.required && argument ? [argument] : []),
  ];
  const inputSchema = bundle.closed({
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  });
  const tool = {
    name,
    ...wordsOf(operation),
    inputSchema,
    ...outputOf(document, operation),
    annotations: annotationsOf(method, operation),
  };
  if (JSON.stringify(tool).length > MAX_TOOL) return `what it takes and gives needs more than ${MAX_TOOL} characters`;
  const sent = body &&
    argument !== undefined && { body: { argument, required: body.required, mediaType: body.mediaType } };
  return { tool, method, path, parameters, ...sent };
}

function placeholders(path: string): string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
}

function isPlain(path: string): boolean {
  return !/[?#\\]/.test(path) && path.split('/').every((segment) => !/^(\.|%2e){1,2}$/i.test(segment));
}

function bodyOf(
  document: JsonObject,
  operation: JsonObject,
): { required: boolean; mediaType: string; schema: unknown } | 'other' | undefined {
  if (!isJsonObject(operation['requestBody'])) return undefined;
  const { required, content } = resolved(document, operation['requestBody']);
  const json = jsonContent(content);
  if (!json) return required === true ? 'other' : undefined;
  return { required: required === true, ...json };
}

function wordsOf({ summary, description, deprecated }: JsonObject): JsonObject {
  const said = [deprecated === true ? 'Deprecated.' : '', description ?? summary].filter(
    (text) => typeof text === 'string' && text !== '',
  );
  return {
    ...(typeof summary === 'string' && summary !== '' && { title: summary.slice(0, MAX_TITLE) }),
    ...(said.length > 0 && { description: said.join(' ') }),
  };
}

/** Only where every success has one form: clients refuse a result that is not as its tool says. */
function outputOf(document: JsonObject, operation: JsonObject): { outputSchema?: JsonObject } {
  const responses = isJsonObject(operation['responses']) ? operation['responses'] : {};
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const [only] = successes;
  if (successes.length !== 1 || !only) return {};
  const json = jsonContent(resolved(document, only[1])['content']);
  if (!json) return {};
  const bundle = new SchemaBundle(document);
  const schema = bundle.take(json.schema);
  return isJsonObject(schema) ? { outputSchema: bundle.closed(schema) } : {};
}

function annotationsOf(method: RestMethod, { summary }: JsonObject): JsonObject {
  const readOnlyHint = method === 'get' || method === 'head';
  return {
    ...(typeof summary === 'string' && summary !== '' && { title: summary.slice(0, MAX_TITLE) }),
    readOnlyHint,
    destructiveHint: method === 'delete',
    idempotentHint: readOnlyHint || method === 'put' || method === 'delete',
    openWorldHint: true,
  };
}
