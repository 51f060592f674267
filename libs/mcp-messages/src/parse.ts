import { isJsonObject, type JsonObject } from './json.js';
import type {
  JsonRpcErrorResponse,
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResultResponse,
  RequestId,
} from './json-rpc.js';
import { errorCodes, ProtocolError } from './protocol-error.js';
import { allowsBatch, latestRevision, type ProtocolRevision } from './revisions.js';

export type ParsedSingle =
  | { kind: 'request'; message: JsonRpcRequest }
  | { kind: 'notification'; message: JsonRpcNotification }
  | { kind: 'result'; message: JsonRpcResultResponse }
  | { kind: 'error'; message: JsonRpcErrorResponse };

export type ParsedMessage = ParsedSingle | { kind: 'batch'; items: ParsedSingle[] };

/** How many messages a batch may hold where the caller says nothing else. */
export const defaultMaxBatch = 100;

/** Reads JSON text as one message, or as a batch where the revision has them. Throws ProtocolError -32700 or -32600. */
export function parseText(
  text: string,
  revision: ProtocolRevision = latestRevision,
  maxBatch = defaultMaxBatch,
): ParsedMessage {
  return parseMessage(parseJson(text), revision, maxBatch);
}

/** The same for a value that is already decoded. Unknown members are refused, so that nothing passes unseen. */
export function parseMessage(
  value: unknown,
  revision: ProtocolRevision = latestRevision,
  maxBatch = defaultMaxBatch,
): ParsedMessage {
  return Array.isArray(value) ? parseBatch(value, revision, maxBatch) : parseSingle(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError(errorCodes.parseError, 'The message is not JSON');
  }
}

function parseBatch(values: unknown[], revision: ProtocolRevision, maxBatch: number): ParsedMessage {
  if (!allowsBatch(revision)) throw invalid(`Revision ${revision} has no batches`);
  if (values.length === 0 || values.length > maxBatch) throw invalid(`A batch holds 1 to ${maxBatch} messages`);
  const items = values.map(parseSingle);
  if (items.some((item) => item.kind === 'request' && item.message.method === 'initialize')) {
    throw invalid('initialize may not be part of a batch');
  }
  return { kind: 'batch', items };
}

function parseSingle(value: unknown): ParsedSingle {
  if (!isJsonObject(value)) throw invalid('A message is an object');
  const id = readId(value);
  if (value['jsonrpc'] !== '2.0') throw invalid('jsonrpc must be "2.0"', id);
  if ('method' in value) return parseCall(value, id);
  if ('result' in value) return { kind: 'result', message: parseResult(value, id) };
  if ('error' in value) return { kind: 'error', message: parseError(value, id) };
  throw invalid('A message has a method, a result or an error', id);
}

function parseCall(value: JsonObject, id: RequestId | undefined): ParsedSingle {
  const { method, params } = value;
  onlyMembers(value, ['jsonrpc', 'id', 'method', 'params'], id);
  if (typeof method !== 'string' || method === '') throw invalid('method must be a text', id);
  if ('params' in value && !isJsonObject(params)) throw invalid('params must be an object', id);
  if ('id' in value && id === undefined) throw invalid('id must be a text or an integer');
  const call = { jsonrpc: '2.0' as const, method, ...(isJsonObject(params) && { params }) };
  return id === undefined ? { kind: 'notification', message: call } : { kind: 'request', message: { ...call, id } };
}

function parseResult(value: JsonObject, id: RequestId | undefined): JsonRpcResultResponse {
  const { result } = value;
  onlyMembers(value, ['jsonrpc', 'id', 'result'], id);
  if (id === undefined) throw invalid('id must be a text or an integer');
  if (!isJsonObject(result)) throw invalid('result must be an object', id);
  return { jsonrpc: '2.0', id, result };
}

function parseError(value: JsonObject, id: RequestId | undefined): JsonRpcErrorResponse {
  const { error } = value;
  onlyMembers(value, ['jsonrpc', 'id', 'error'], id);
  if (!isJsonObject(error)) throw invalid('error must be an object', id);
  const { code, message, data } = error;
  onlyMembers(error, ['code', 'message', 'data'], id);
  if (!Number.isSafeInteger(code) || typeof message !== 'string') {
    throw invalid('An error has an integer code and a text message', id);
  }
  const body = { code: code as number, message, ...(data !== undefined && { data }) };
  // JSON-RPC answers an unreadable request with the id null, MCP with none.
  return { jsonrpc: '2.0', ...(id !== undefined && { id }), error: body };
}

function readId({ id }: JsonObject): RequestId | undefined {
  if (typeof id === 'string') return id;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
  if (id === undefined || id === null) return undefined;
  throw invalid('id must be a text or an integer');
}

function onlyMembers(value: JsonObject, allowed: readonly string[], id: RequestId | undefined): void {
  const unknown = Object.keys(value).find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw invalid(`${JSON.stringify(unknown)} is not a member of such a message`, id);
}

function invalid(message: string, id?: RequestId): ProtocolError {
  return new ProtocolError(errorCodes.invalidRequest, message, undefined, id);
}
