import { findFault, type Fault } from './check.js';
import type { Extension } from './extension.js';
import { inputRequiredResult } from './input-required.js';
import { isJsonObject } from './json.js';
import { errorResponse, jsonRpcNotification, jsonRpcRequest } from './json-rpc.js';
import { emptyResult } from './message.js';
import type { Method, Peer } from './method.js';
import { isEmbedded, methodIn, sendersOf } from './methods.js';
import type { Part } from './model.js';
import { errorCodes } from './protocol-error.js';
import { isStateless, type ProtocolRevision } from './revisions.js';
import { createTaskResult } from './task-messages.js';

/** Why a message is refused: its first fault, and the error code that says so to its sender. */
export interface Refusal extends Fault {
  code: number;
}

/**
 * Judges a decoded request of one peer, envelope and all. Undefined means it is valid. `extensions` are those that both
 * peers declared. Does not throw.
 */
export function judgeRequest(
  revision: ProtocolRevision,
  sender: Peer,
  value: unknown,
  extensions: readonly Extension[] = [],
): Refusal | undefined {
  return judgeCall(revision, sender, 'request', jsonRpcRequest, value, extensions);
}

/** The same for a notification. */
export function judgeNotification(
  revision: ProtocolRevision,
  sender: Peer,
  value: unknown,
  extensions: readonly Extension[] = [],
): Refusal | undefined {
  return judgeCall(revision, sender, 'notification', jsonRpcNotification, value, extensions);
}

function judgeCall(
  revision: ProtocolRevision,
  sender: Peer,
  kind: Method['kind'],
  envelope: Part,
  value: unknown,
  extensions: readonly Extension[],
): Refusal | undefined {
  const malformed = findFault(envelope, revision, value);
  if (malformed) return { ...malformed, code: codeOf(malformed) };
  const name = (value as { method: string }).method;
  const method = methodIn(revision, name, extensions);
  if (!method || method.kind !== kind || !sendersOf(revision, method).includes(sender)) {
    return unknownMethod(`is no ${kind} that a ${sender} sends in ${revision}`);
  }
  const fault = findFault(method.message, revision, value);
  return fault && { ...fault, code: errorCodes.invalidParams };
}

function codeOf({ pointer }: Fault): number {
  return pointer.startsWith('/params/') ? errorCodes.invalidParams : errorCodes.invalidRequest;
}

function unknownMethod(message: string): Refusal {
  return { code: errorCodes.methodNotFound, pointer: '/method', message };
}

/** Judges a request that stands in a result that asks for input. */
export function judgeEmbeddedRequest(revision: ProtocolRevision, value: unknown): Refusal | undefined {
  const name = isJsonObject(value) && typeof value['method'] === 'string' ? value['method'] : '';
  const method = methodIn(revision, name);
  if (!method || !isEmbedded(revision, method)) {
    return unknownMethod(`is no request that a result holds in ${revision}`);
  }
  const fault = findFault(method.message, revision, value);
  return fault && { ...fault, code: errorCodes.invalidParams };
}

/**
 * The first fault of what answers a request of `method`; pointers are from the result. A result of a type that an
 * extension adds is judged only by what all results have in common.
 */
export function findResultFault(
  revision: ProtocolRevision,
  method: string,
  result: unknown,
  { isTask = false, extensions = [] }: { isTask?: boolean; extensions?: readonly Extension[] } = {},
): Fault | undefined {
  const model = methodIn(revision, method, extensions)?.result;
  if (!model) return { pointer: '', message: `answers no request of ${revision}` };
  if (isTask && revision === '2025-11-25') return findFault(createTaskResult, revision, result);
  return findFault(resultModel(revision, method, model, result, extensions), revision, result);
}

function resultModel(
  revision: ProtocolRevision,
  name: string,
  model: Part,
  result: unknown,
  extensions: readonly Extension[],
): Part {
  if (!isStateless(revision) || !isJsonObject(result)) return model;
  const method = methodIn(revision, name, extensions);
  if (!method || isEmbedded(revision, method)) return model;
  const type = result['resultType'];
  if (type === 'input_required' && method.mayAsk) return inputRequiredResult;
  if (type === 'complete' || type === 'input_required' || typeof type !== 'string') return model;
  const added = extensions.find(({ results }) => Object.hasOwn(results, type))?.results[type];
  if (!added) return emptyResult;
  return added.answers.includes(name) ? added.model : model;
}

/** The first fault of an error response. */
export function findErrorFault(revision: ProtocolRevision, value: unknown): Fault | undefined {
  return findFault(errorResponse, revision, value);
}
