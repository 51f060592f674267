import { SdkHttpError, UnauthorizedError } from '@modelcontextprotocol/client';
import { ServiceError } from '@scm/contracts';
import { isJsonObject, ProtocolError } from '@scm/mcp-messages';

/** The upstream does not know the session any more: another one has to be opened. */
export class SessionLost extends ServiceError {
  constructor() {
    super('UNAVAILABLE', 'the upstream does not know the session any more');
  }
}

/** The upstream refuses our credentials, which says nothing about what it speaks. */
export class CredentialsRefused extends ServiceError {
  constructor(status: number) {
    super('FAILED_PRECONDITION', `the upstream answered ${status}: it wants other credentials`);
  }
}

/** The upstream answered, with a status that is no answer of its protocol. */
export class NotSpoken extends ServiceError {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super('UNAVAILABLE', `the upstream answered ${status}: ${text.slice(0, 200)}`);
  }
}

/** What failed while a message was sent, in the terms of this product. */
export function upstreamFault(error: unknown): Error {
  if (error instanceof ServiceError || error instanceof ProtocolError) return error;
  if (error instanceof UnauthorizedError) return new CredentialsRefused(401);
  if (error instanceof SdkHttpError) return httpFault(error);
  if (error instanceof Error && error.name === 'AbortError') return error;
  const { cause } = error as Error;
  if (cause instanceof ServiceError) return cause;
  const text = error instanceof Error ? error.message : String(error);
  return new ServiceError('UNAVAILABLE', `the upstream cannot be reached: ${text}`, undefined, { cause: error });
}

function httpFault(error: SdkHttpError): Error {
  const { status, text } = error.data;
  const answered = protocolErrorIn(typeof text === 'string' ? text : '');
  if (answered && answered.code !== SESSION_NOT_FOUND) return answered;
  if (status === 404) return new SessionLost();
  if (status === 401 || status === 403) return new CredentialsRefused(status);
  return new NotSpoken(status, typeof text === 'string' ? text : error.message);
}

// What the official servers say with their 404; the revisions name no code for it.
const SESSION_NOT_FOUND = -32_001;

/** The error that stands in the body of a refused request. */
function protocolErrorIn(text: string): ProtocolError | undefined {
  try {
    const body = JSON.parse(text) as unknown;
    const error = isJsonObject(body) ? body['error'] : undefined;
    if (!isJsonObject(error) || typeof error['code'] !== 'number') return undefined;
    return new ProtocolError(error['code'], String(error['message']), error['data']);
  } catch {
    return undefined;
  }
}
