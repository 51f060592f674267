import {
  isJsonObject,
  latestRevision,
  type JsonObject,
  type ProtocolError,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { withLedger, type CallBody, type Reverse, type TranslationContext } from '@scm/mcp-migration';
import { translate } from '../protocol/translation.telemetry.js';

/** Tasks of sessions are kept, so that they have a form in each revision that knows them. */
const keepsTasks = true;

/** What a client of a revision says, in the canonical form. Throws Untranslatable. */
export function callUp<M extends CallBody>(message: M, from: ProtocolRevision, requestMeta: JsonObject): M {
  return translate(message, { from, to: latestRevision, sender: 'client', context: { requestMeta, keepsTasks } })
    .message;
}

/** What is told or asked to a client of a revision, and how its answer is to be read. */
export function callDown<M extends CallBody>(message: M, to: ProtocolRevision): { message: M; reverse?: Reverse } {
  return translate(message, { from: latestRevision, to, sender: 'server', context: { keepsTasks } });
}

/** What answers a request of a client, with the ledger of what its revision cannot say. */
export function resultDown(result: JsonObject, method: string, to: ProtocolRevision): JsonObject {
  const options = { from: latestRevision, to, sender: 'server', method, context: { keepsTasks } } as const;
  const translation = translate({ result }, options);
  return withLedger(translation.message.result, translation);
}

/** What a client answers to a request of the server. */
export function resultUp(result: JsonObject, method: string, from: ProtocolRevision, reverse?: Reverse): JsonObject {
  const context: TranslationContext = { ...(reverse && { reverse }) };
  return translate({ result }, { from, to: latestRevision, sender: 'client', method, context }).message.result;
}

/** A failed request in a revision, where it may be a result. */
export function errorDown(
  failure: ProtocolError,
  method: string,
  to: ProtocolRevision,
): { result: JsonObject } | { error: object } {
  const { error } = failure.toResponse(0);
  const { message } = translate({ error }, { from: latestRevision, to, sender: 'server', method });
  return message;
}

/** What belongs to a task, which it names: a result, or the parameters of a question. */
export function relatedTo(taskId: string, result: JsonObject): JsonObject {
  const meta = isJsonObject(result['_meta']) ? result['_meta'] : {};
  return { ...result, _meta: { ...meta, 'io.modelcontextprotocol/related-task': { taskId } } };
}
