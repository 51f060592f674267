import { isJsonObject, type JsonObject } from './json.js';
import type { JsonRpcRequest } from './json-rpc.js';
import { decodedHeader, mismatch } from './mirrored-headers.js';

const PREFIX = 'Mcp-Param-';

/** The headers that repeat arguments of a tool, by the argument's name: its input schema marks them with `x-mcp-header`. */
export function parameterHeadersOf(inputSchema: unknown): Map<string, string> {
  const properties =
    isJsonObject(inputSchema) && isJsonObject(inputSchema['properties']) ? inputSchema['properties'] : {};
  const marked = Object.entries(properties).flatMap(([name, schema]) => {
    const suffix = isJsonObject(schema) ? schema['x-mcp-header'] : undefined;
    return typeof suffix === 'string' && suffix !== '' ? [[name, PREFIX + suffix] as const] : [];
  });
  return new Map(marked);
}

/** Throws ProtocolError -32020 unless the headers say the same as the arguments of a call. `headers` has lower-case names. */
export function checkParameterHeaders(
  headers: Readonly<Record<string, string | undefined>>,
  request: JsonRpcRequest,
  parameters: ReadonlyMap<string, string>,
): void {
  const given = request.params?.['arguments'];
  const called: JsonObject = isJsonObject(given) ? given : {};
  for (const [name, header] of parameters) {
    const value = Object.hasOwn(called, name) ? called[name] : undefined;
    const sent = headers[header.toLowerCase()]?.trim();
    if (value === undefined || value === null) {
      if (sent !== undefined) throw mismatch(`the header ${header} has no argument ${name}`, request);
    } else if (sent === undefined) throw mismatch(`the header ${header} is missing`, request);
    else if (decodedHeader(sent, header, request) !== textOf(value)) {
      throw mismatch(`the header ${header} differs from the body`, request);
    }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
