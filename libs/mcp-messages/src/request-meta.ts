import type { ClientCapabilities, Implementation } from './lifecycle.js';
import { isJsonObject, type JsonRpcRequest, type ProgressToken } from './json-rpc.js';
import { errorCodes, ProtocolError } from './protocol-error.js';
import { protocolRevisions, type ProtocolRevision } from './revisions.js';

/** The reserved `_meta` keys of revision 2026-07-28. */
export const metaKeys = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

export const logLevels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

export type LogLevel = (typeof logLevels)[number];

/** What a stateless request says about its sender. */
export interface RequestMeta {
  [metaKeys.protocolVersion]: string;
  [metaKeys.clientCapabilities]: ClientCapabilities;
  /** Self-reported: for display and logs, never for decisions. */
  [metaKeys.clientInfo]?: Implementation;
  /** Without a level the client wants no log messages for this request. */
  [metaKeys.logLevel]?: LogLevel;
  progressToken?: ProgressToken;
  [key: string]: unknown;
}

/**
 * The `_meta` of a stateless request. Throws ProtocolError -32602 naming a missing or wrong key, and -32022 for a
 * revision outside `served`.
 */
export function readRequestMeta(
  { id, params }: JsonRpcRequest,
  served: readonly ProtocolRevision[] = protocolRevisions,
): RequestMeta {
  const meta = params?.['_meta'];
  if (!isJsonObject(meta)) throw new ProtocolError(errorCodes.invalidParams, 'params._meta is missing', undefined, id);
  for (const [key, [isValid, shape]] of Object.entries(rules)) {
    if (isValid(meta[key])) continue;
    throw new ProtocolError(errorCodes.invalidParams, `params._meta["${key}"] must be ${shape}`, undefined, id);
  }
  const requested = meta[metaKeys.protocolVersion] as string;
  if (!served.some((revision) => revision === requested)) {
    const data = { supported: served, requested };
    throw new ProtocolError(errorCodes.unsupportedProtocolVersion, 'The protocol version is not supported', data, id);
  }
  return meta as RequestMeta;
}

const optional =
  (isValid: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || isValid(value);

const rules: Record<string, [isValid: (value: unknown) => boolean, shape: string]> = {
  [metaKeys.protocolVersion]: [(value) => typeof value === 'string', 'a revision'],
  [metaKeys.clientCapabilities]: [isJsonObject, 'an object'],
  [metaKeys.clientInfo]: [optional(isImplementation), 'an object with name and version'],
  [metaKeys.logLevel]: [optional((value) => logLevels.some((level) => level === value)), 'a log level'],
  progressToken: [
    optional((value) => typeof value === 'string' || Number.isSafeInteger(value)),
    'a text or an integer',
  ],
};

function isImplementation(value: unknown): boolean {
  return isJsonObject(value) && typeof value['name'] === 'string' && typeof value['version'] === 'string';
}

/** Whether the request carries a stateless revision's context, which tells the two eras apart on one endpoint. */
export function hasRequestMeta({ params }: JsonRpcRequest): boolean {
  const meta = params?.['_meta'];
  return isJsonObject(meta) && metaKeys.protocolVersion in meta;
}
