import type { JsonRpcErrorResponse, RequestId } from './json-rpc.js';

/** The error codes of JSON-RPC and of MCP. */
export const errorCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** An HTTP header contradicts the body it mirrors, or is missing. HTTP status 400. */
  headerMismatch: -32020,
  /** The request needs a capability that the client did not declare. HTTP status 400. */
  missingRequiredClientCapability: -32021,
  /** The revision is not served; `data` lists those that are. HTTP status 400. */
  unsupportedProtocolVersion: -32022,
} as const;

/** A message that breaks the protocol, with what the sender is to be told. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';

  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown,
    /** The request it answers, where that much could be read. */
    readonly requestId?: RequestId,
  ) {
    super(message);
  }

  toResponse(id: RequestId | undefined = this.requestId): JsonRpcErrorResponse {
    const { code, message, data } = this;
    return {
      jsonrpc: '2.0',
      ...(id !== undefined && { id }),
      error: { code, message, ...(data !== undefined && { data }) },
    };
  }
}
