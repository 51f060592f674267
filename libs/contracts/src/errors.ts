/**
 * The only error codes that cross a service boundary: gRPC's names, with the HTTP status the gateway answers, the
 * JSON-RPC code the MCP door answers, and whether the same call may succeed later.
 */
export const errorTable = {
  INVALID_ARGUMENT: { status: 400, jsonRpc: -32602, retryable: false, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, jsonRpc: -32000, retryable: false, title: 'Credentials are missing or not valid' },
  PERMISSION_DENIED: { status: 403, jsonRpc: -32000, retryable: false, title: 'The caller may not do this' },
  NOT_FOUND: { status: 404, jsonRpc: -32602, retryable: false, title: 'There is no such thing' },
  ALREADY_EXISTS: { status: 409, jsonRpc: -32000, retryable: false, title: 'It exists already' },
  FAILED_PRECONDITION: {
    status: 409,
    jsonRpc: -32000,
    retryable: false,
    title: 'The present state does not allow this',
  },
  PAYLOAD_TOO_LARGE: { status: 413, jsonRpc: -32000, retryable: false, title: 'The request is too large' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    jsonRpc: -32000,
    retryable: false,
    title: 'The content type is not supported',
  },
  RESOURCE_EXHAUSTED: { status: 429, jsonRpc: -32000, retryable: true, title: 'A limit is reached' },
  INTERNAL: { status: 500, jsonRpc: -32603, retryable: true, title: 'Internal error' },
  UNAVAILABLE: { status: 503, jsonRpc: -32000, retryable: true, title: 'A needed service does not answer' },
  DEADLINE_EXCEEDED: { status: 504, jsonRpc: -32000, retryable: true, title: 'The answer took too long' },
} as const;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable) as ErrorCode[];

/** One refused field: where it stands in the request and why. */
export interface FieldError {
  path: string;
  message: string;
}

/** An expected failure. `details` is shown to the caller; a list of FieldError names the refused fields. */
export class ServiceError extends Error {
  override name = 'ServiceError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details?: FieldError[],
    options?: ErrorOptions & { retryAfterMs?: number },
  ) {
    super(message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }

  readonly retryAfterMs?: number;
}

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(errorTable, value);
}

/** An INVALID_ARGUMENT error that names one field. */
export function invalidField(path: string, message: string): ServiceError {
  return new ServiceError('INVALID_ARGUMENT', `${path}: ${message}`, [{ path, message }]);
}
