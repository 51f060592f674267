import { isJsonObject } from '@scm/mcp-messages';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const SENTINEL = /^=\?base64\?.*\?=$/s;
const mirrored = ['string', 'integer', 'boolean'];

/** The headers that repeat those arguments of a call for which the tool's schema says `x-mcp-header`. */
export function paramHeaders(inputSchema: unknown, args: unknown): Record<string, string> {
  if (!isJsonObject(args)) return {};
  const headers = Object.entries(headerNames(inputSchema)).flatMap(([field, name]): [string, string][] => {
    const value = args[field];
    return value === undefined || value === null
      ? []
      : [[`Mcp-Param-${name}`, encoded(typeof value === 'string' ? value : JSON.stringify(value))]];
  });
  return Object.fromEntries(headers);
}

/** Whether what a tool says of its headers can be followed; a tool of which that is not so must not be offered. */
export function hasValidHeaders(inputSchema: unknown): boolean {
  const declared = declarations(inputSchema);
  const names = declared.map(({ name }) => String(name).toLowerCase());
  const isValid = declared.every(
    ({ name, type }) => typeof name === 'string' && TOKEN.test(name) && mirrored.includes(String(type)),
  );
  return isValid && new Set(names).size === names.length;
}

function headerNames(inputSchema: unknown): Record<string, string> {
  return Object.fromEntries(declarations(inputSchema).map(({ field, name }) => [field, String(name)]));
}

function declarations(inputSchema: unknown): { field: string; name: unknown; type: unknown }[] {
  const properties = isJsonObject(inputSchema) ? inputSchema['properties'] : undefined;
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([field, schema]) => {
    if (!isJsonObject(schema) || !('x-mcp-header' in schema)) return [];
    return [{ field, name: schema['x-mcp-header'], type: schema['type'] }];
  });
}

function encoded(value: string): string {
  const isPlain = /^[\x20-\x7e]*$/.test(value) && value.trim() === value && !SENTINEL.test(value);
  return isPlain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
