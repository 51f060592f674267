import { isJsonObject, type JsonObject } from './json.js';
import type { JsonRpcRequest } from './json-rpc.js';
import { errorCodes, ProtocolError } from './protocol-error.js';
import { metaKeys } from './meta-keys.js';

/** The headers by which a stateless HTTP request repeats parts of its body, for proxies that do not read bodies. */
export const mirroredHeaders = {
  protocolVersion: 'MCP-Protocol-Version',
  method: 'Mcp-Method',
  name: 'Mcp-Name',
} as const;

/**
 * Throws ProtocolError -32020 unless the headers say the same as the request. `headers` has lower-case names.
 * A proxy that routed or permitted the call by its headers would otherwise have judged another call.
 */
export function checkMirroredHeaders(
  headers: Readonly<Record<string, string | undefined>>,
  request: JsonRpcRequest,
): void {
  for (const [header, expected] of Object.entries(mirrorsOf(request))) {
    if (expected === undefined) continue;
    const sent = headers[header.toLowerCase()]?.trim();
    if (sent === undefined) throw mismatch(`the header ${header} is missing`, request);
    if (decodedHeader(sent, header, request) !== expected)
      throw mismatch(`the header ${header} differs from the body`, request);
  }
}

/** The headers a stateless request is to be sent with. */
export function mirrorHeaders(request: JsonRpcRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(mirrorsOf(request)).flatMap(([header, value]) =>
      value === undefined ? [] : [[header, isPlain(value) ? value : encoded(value)]],
    ),
  );
}

function mirrorsOf({ method, params = {} }: JsonRpcRequest): Record<string, string | undefined> {
  const nameField = Object.hasOwn(nameFields, method) ? nameFields[method as keyof typeof nameFields] : undefined;
  return {
    [mirroredHeaders.protocolVersion]: textAt(
      isJsonObject(params['_meta']) ? params['_meta'] : {},
      metaKeys.protocolVersion,
    ),
    [mirroredHeaders.method]: method,
    [mirroredHeaders.name]: nameField && textAt(params, nameField),
  };
}

// Which parameter names the thing a call is about.
const nameFields = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
} as const;

function textAt(value: JsonObject, key: string): string | undefined {
  const text = value[key];
  return typeof text === 'string' ? text : undefined;
}

const SENTINEL = /^=\?base64\?(.*)\?=$/s;

function isPlain(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value) && value.trim() === value && !SENTINEL.test(value);
}

function encoded(value: string): string {
  return `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

/** The text that a header carries, of which some can only travel as base64. Throws ProtocolError -32020. */
export function decodedHeader(value: string, header: string, request: JsonRpcRequest): string {
  const [, base64] = SENTINEL.exec(value) ?? [];
  if (base64 === undefined) return value;
  const bytes = Buffer.from(base64, 'base64');
  // Only one spelling of a value may pass, or two readers could disagree about it.
  if (bytes.toString('base64') !== base64) throw mismatch(`the header ${header} is not valid base64`, request);
  return bytes.toString();
}

export function mismatch(what: string, { id }: JsonRpcRequest): ProtocolError {
  return new ProtocolError(errorCodes.headerMismatch, `Header mismatch: ${what}`, undefined, id);
}
