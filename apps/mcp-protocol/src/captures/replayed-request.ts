import { invalidField, ServiceError, type CapturedExchange } from '@scm/contracts';
import {
  isJsonObject,
  latestRevision,
  type JsonObject,
  type JsonRpcRequest,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { translate, Untranslatable } from '@scm/mcp-migration';
import { REDACTED } from './redaction.js';

/** These wait for what others do. */
const endless: readonly string[] = ['subscriptions/listen'];

/** The request of a captured exchange in the canonical form. Throws FAILED_PRECONDITION when it cannot be sent again. */
export function requestOf({ frames }: CapturedExchange, params: JsonObject | undefined): JsonRpcRequest {
  const [first] = frames;
  const said = first?.canonical ?? first?.message ?? {};
  const { method } = said;
  if (typeof method !== 'string' || said['omittedBytes'] !== undefined)
    throw new ServiceError('FAILED_PRECONDITION', 'the request was too large to be kept whole');
  if (endless.includes(method)) throw new ServiceError('FAILED_PRECONDITION', `${method} has no end to wait for`);
  if (!params && JSON.stringify(said).includes(REDACTED))
    throw new ServiceError('FAILED_PRECONDITION', 'secrets of the request were not kept: give the params');
  const { requestState: _, inputResponses: __, ...kept } = isJsonObject(said['params']) ? said['params'] : {};
  const meta = isJsonObject(kept['_meta']) ? kept['_meta'] : {};
  // A token is of the client that chose it.
  const { progressToken: ___, ...rest } = meta;
  return { jsonrpc: '2.0', id: 1, method, params: { ...kept, ...params, _meta: rest } };
}

/** The same as a client of a revision says it. Throws INVALID_ARGUMENT where that has no such request. */
export function sayable(request: JsonRpcRequest, revision: ProtocolRevision): JsonRpcRequest {
  if (revision === latestRevision) return request;
  try {
    return translate(request, { from: latestRevision, to: revision, sender: 'client' }).message;
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    throw invalidField('revision', `has no such request: ${error.message} (${error.rule})`);
  }
}

export function metaOf({ params = {} }: JsonRpcRequest): JsonObject {
  const { _meta } = params;
  return isJsonObject(_meta) ? _meta : {};
}
