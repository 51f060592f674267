import { findFault } from './check.js';
import { isJsonObject } from './json.js';
import type { JsonRpcRequest } from './json-rpc.js';
import { statelessMeta, type RequestMeta } from './meta.js';
import { metaKeys } from './meta-keys.js';
import { errorCodes, ProtocolError } from './protocol-error.js';
import { latestRevision, protocolRevisions, type ProtocolRevision } from './revisions.js';

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
  const fault = findFault(statelessMeta, latestRevision, meta);
  if (fault) {
    const key = fault.pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
    throw new ProtocolError(errorCodes.invalidParams, `params._meta["${key}"] ${fault.message}`, undefined, id);
  }
  const requested = meta[metaKeys.protocolVersion] as string;
  if (!served.some((revision) => revision === requested)) {
    const data = { supported: served, requested };
    throw new ProtocolError(errorCodes.unsupportedProtocolVersion, 'The protocol version is not supported', data, id);
  }
  return meta as RequestMeta;
}

/** Whether the request carries a stateless revision's context, which tells the two eras apart on one endpoint. */
export function hasRequestMeta({ params }: JsonRpcRequest): boolean {
  const meta = params?.['_meta'];
  return isJsonObject(meta) && metaKeys.protocolVersion in meta;
}
