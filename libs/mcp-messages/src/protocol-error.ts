import type { JsonRpcErrorResponse, RequestId } from './json-rpc.js';
import type { ProtocolRevision } from './revisions.js';

interface ErrorRow {
  code: number;
  since: ProtocolRevision;
  /** The revision that took it away. */
  end?: ProtocolRevision;
  meaning: string;
}

/** The errors of JSON-RPC and of MCP. */
export const errorTable = {
  parseError: { code: -32700, since: '2024-11-05', meaning: 'The message is not JSON.' },
  invalidRequest: { code: -32600, since: '2024-11-05', meaning: 'The message is no valid request.' },
  methodNotFound: { code: -32601, since: '2024-11-05', meaning: 'The revision or the peer has no such method.' },
  invalidParams: { code: -32602, since: '2024-11-05', meaning: 'The parameters do not fit the method.' },
  internalError: { code: -32603, since: '2024-11-05', meaning: 'The receiver failed.' },
  resourceNotFound: {
    code: -32002,
    since: '2024-11-05',
    end: '2026-07-28',
    meaning: 'There is no such resource; later revisions say -32602 with `data.uri`.',
  },
  urlElicitationRequired: {
    code: -32042,
    since: '2025-11-25',
    end: '2026-07-28',
    meaning: 'The user has to go to the addresses in `data.elicitations` first.',
  },
  headerMismatch: {
    code: -32020,
    since: '2026-07-28',
    meaning: 'An HTTP header contradicts the body it mirrors, or is missing. HTTP status 400.',
  },
  missingRequiredClientCapability: {
    code: -32021,
    since: '2026-07-28',
    meaning: 'The client did not declare what `data.requiredCapabilities` names. HTTP status 400.',
  },
  unsupportedProtocolVersion: {
    code: -32022,
    since: '2026-07-28',
    meaning: 'The revision is not served; `data.supported` lists those that are. HTTP status 400.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.fromEntries(Object.entries(errorTable).map(([name, { code }]) => [name, code])) as {
  readonly [Name in ErrorCode]: (typeof errorTable)[Name]['code'];
};

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
