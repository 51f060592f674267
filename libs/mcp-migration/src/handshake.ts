import {
  isJsonObject,
  latestRevision,
  metaKeys,
  type JsonObject,
  type LogLevel,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import type { TranslationContext } from './context.js';
import { translate, type ResultBody, type Translation } from './translate.js';

/** The newest revision that has sessions: between it and the canonical form a handshake takes another form. */
const lastOfSessions = '2025-11-25' satisfies ProtocolRevision;

const context = { isHandshake: true } as const;

/** `_meta` of every canonical request of a client, from the parameters with which it opened its session. */
export function requestMetaOf(initialize: JsonObject, revision: ProtocolRevision, logLevel?: LogLevel): JsonObject {
  const { message } = translate(
    { method: 'initialize', params: initialize },
    { from: revision, to: latestRevision, sender: 'client', context },
  );
  const { capabilities, clientInfo } = message.params;
  return {
    [metaKeys.protocolVersion]: latestRevision,
    [metaKeys.clientCapabilities]: isJsonObject(capabilities) ? capabilities : {},
    ...(clientInfo !== undefined && { [metaKeys.clientInfo]: clientInfo }),
    ...(logLevel && { [metaKeys.logLevel]: logLevel }),
  };
}

/** The parameters that open a session with an older server for the client of a canonical request. */
export function initializeParamsOf(requestMeta: JsonObject, revision: ProtocolRevision): JsonObject {
  const params = {
    protocolVersion: lastOfSessions,
    capabilities: requestMeta[metaKeys.clientCapabilities] ?? {},
    clientInfo: requestMeta[metaKeys.clientInfo] ?? { name: 'unknown', version: '0' },
  };
  const { message } = translate(
    { method: 'initialize', params },
    { from: latestRevision, to: revision, sender: 'client', context },
  );
  return message.params;
}

/** Whether somebody keeps the tasks of the connection, so that they may be declared. */
type Keeping = Pick<TranslationContext, 'keepsTasks'>;

/** What an older server said when its session was opened, as the canonical answer to `server/discover`. */
export function discoverResultOf(
  initialize: JsonObject,
  revision: ProtocolRevision,
  supportedVersions: readonly string[],
  keeping: Keeping = {},
): Translation<ResultBody> {
  const translation = translate(
    { result: initialize },
    { ...answered, from: revision, to: latestRevision, context: { ...context, ...keeping } },
  );
  const { protocolVersion: _, serverInfo, ...rest } = translation.message.result;
  const meta = isJsonObject(rest['_meta']) ? rest['_meta'] : {};
  const result = { ...rest, supportedVersions, _meta: { ...meta, [metaKeys.serverInfo]: serverInfo } };
  return { ...translation, message: { result } };
}

/** What a canonical server answers to `server/discover`, as the result that opens a session. */
export function initializeResultOf(
  discover: JsonObject,
  revision: ProtocolRevision,
  keeping: Keeping = {},
): Translation<ResultBody> {
  const { supportedVersions: _, ...rest } = discover;
  const meta = isJsonObject(rest['_meta']) ? rest['_meta'] : {};
  const result = { ...rest, protocolVersion: lastOfSessions, serverInfo: infoOf(meta[metaKeys.serverInfo]) };
  return translate(
    { result },
    { ...answered, from: latestRevision, to: revision, context: { ...context, ...keeping } },
  );
}

const answered = { sender: 'server', method: 'initialize' } as const;

function infoOf(info: unknown): JsonObject {
  return isJsonObject(info) ? info : { name: 'unknown', version: '0' };
}
