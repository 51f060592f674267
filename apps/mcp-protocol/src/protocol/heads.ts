import type { McpHead } from '@scm/contracts';
import { errorCodes, type ProtocolError, type RequestId } from '@scm/mcp-messages';

const json = { 'content-type': 'application/json' };

export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** What is answered to messages that have no answer. */
export const accepted: McpHead = { status: 202, headers: {} };

export function jsonHead(message: object, status = 200): McpHead {
  return { status, headers: json, body: JSON.stringify(message) };
}

/** A message that was not let in. */
export function refusal(error: ProtocolError, status = statusOf(error.code, 400)): McpHead {
  return jsonHead({ ...error.toResponse(), id: error.requestId ?? null }, status);
}

/** Revision 2026-07-28 says the status of some errors, so that proxies understand them. */
export function statusOf(code: number, other = 200): number {
  if (code === errorCodes.methodNotFound) return 404;
  return badRequests.has(code) ? 400 : other;
}

const badRequests = new Set<number>([
  errorCodes.headerMismatch,
  errorCodes.missingRequiredClientCapability,
  errorCodes.unsupportedProtocolVersion,
]);

export function resultMessage(id: RequestId, result: object): object {
  return { jsonrpc: '2.0', id, result };
}
