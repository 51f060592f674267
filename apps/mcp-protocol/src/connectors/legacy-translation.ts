import { isJsonObject, type JsonObject, type JsonRpcRequest, type ProtocolRevision } from '@scm/mcp-messages';
import { discoverResultOf, initializeParamsOf, withLedger, type Reverse } from '@scm/mcp-migration';
import { translate } from '../protocol/translation.telemetry.js';
import type { Welcome } from './legacy-session.js';

const canonical: ProtocolRevision = '2026-07-28';
const NEWEST_LEGACY: ProtocolRevision = '2025-11-25';
// Nobody can tell how long what an older server lists stays as it is.
const cache = { ttlMs: 0, cacheScope: 'private' } as const;

/** A canonical request as the upstream's revision has it. `progressToken` stands for the client's. */
export function toUpstream(
  { revision }: Welcome,
  asked: { method: string; params: JsonObject; progressToken?: number | string; task?: { ttl?: number } },
): { method: string; params?: JsonObject } {
  const { method, params, progressToken, task } = asked;
  const { requestState: _, inputResponses: __, ...own } = params;
  const { progressToken: theirs, ...meta } = asMeta(own);
  const call = { method, params: { ...own, _meta: { ...meta, ...(theirs !== undefined && { progressToken }) } } };
  const context = { ...(task && { task }) };
  return translate(call, { from: canonical, to: revision, sender: 'client', context }).message;
}

/** What the upstream answered, as a canonical result that says what could not be kept. */
export function fromUpstream(welcome: Welcome, method: string, result: JsonObject): JsonObject {
  const { revision: from, serverInfo } = welcome;
  const options = {
    from,
    to: canonical,
    sender: 'server',
    method,
    context: { serverInfo, cache, keepsTasks: true },
  } as const;
  const translation = translate({ result }, options);
  return withLedger(translation.message.result, translation);
}

/** An error of the upstream; where the canonical revision has a result for it, that result. */
export function errorFromUpstream(
  { revision: from }: Welcome,
  method: string,
  error: { code: number; message: string; data?: unknown },
  params: JsonObject,
): { error: typeof error } | { result: JsonObject } {
  const { uri } = params;
  const context = typeof uri === 'string' ? { uri } : {};
  return translate({ error }, { from, to: canonical, sender: 'server', method, context }).message;
}

/** A request of the upstream as it stands in a result that asks for input. */
export function questionFromUpstream(
  { revision: from }: Welcome,
  { method, params }: JsonRpcRequest,
): { question: JsonObject; reverse?: Reverse } {
  const call = { method, ...(params && { params }) };
  const { message, reverse } = translate(call, { from, to: canonical, sender: 'server' });
  return { question: { method: message.method, params: { ...message.params } }, ...(reverse && { reverse }) };
}

/** What the client answered to a question, as the upstream's revision has it. */
export function answerToUpstream(
  { revision: to }: Welcome,
  method: string,
  result: JsonObject,
  reverse?: Reverse,
): JsonObject {
  const options = { from: canonical, to, sender: 'client', method, context: { ...(reverse && { reverse }) } } as const;
  return translate({ result }, options).message.result;
}

/** What opens a session for the client of a canonical request. */
export function initializeFor(params: JsonObject): JsonObject {
  return initializeParamsOf(asMeta(params), NEWEST_LEGACY);
}

/** What the upstream said when the session was opened, as the answer to `server/discover`. */
export function discoverFrom({ revision, initialize }: Welcome): JsonObject {
  return discoverResultOf(initialize, revision, [canonical]).message.result;
}

/** The `_meta` of a canonical request. */
export function asMeta(params: JsonObject): JsonObject {
  const { _meta } = params;
  return isJsonObject(_meta) ? _meta : {};
}
