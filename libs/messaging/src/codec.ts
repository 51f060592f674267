import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import {
  decode,
  decodeBytes,
  errorTable,
  isErrorCode,
  ServiceError,
  type FieldError,
  type RpcContract,
} from '@scm/contracts';
import { header } from './headers.js';

interface ErrorBody {
  code: string;
  message: string;
  details?: FieldError[];
  retryAfterMs?: number;
}

/** A request as it travels; of one with a body of bytes the other fields go into a header. */
export function encodeRequest<Req extends object>(
  contract: RpcContract<Req>,
  request: Req,
): { data: string | Uint8Array; fields?: string } {
  if (contract.body === 'json') return { data: JSON.stringify(request) };
  const { body, ...fields } = request as Req & { body: Uint8Array };
  return { data: body, fields: JSON.stringify(fields) };
}

export function decodeRequest<Req extends object>(contract: RpcContract<Req>, msg: Msg): Req {
  if (contract.body === 'json') return decode(contract.request, msg.string());
  return decodeBytes(contract.request, msg.headers?.get(header.fields) ?? '', msg.data);
}

/** A failed reply: the HTTP status and the message in the headers, all of it as JSON in the body. */
export function errorReply(error: ServiceError): { body: string; headers: MsgHdrs } {
  const h = headers();
  h.set(header.errorCode, String(errorTable[error.code].status));
  h.set(header.error, headerText(error.message));
  const { code, message, details, retryAfterMs } = error;
  return { body: JSON.stringify({ code, message, details, retryAfterMs } satisfies ErrorBody), headers: h };
}

/** The error a reply carries, if it does. */
export function errorOf(msg: Msg): ServiceError | undefined {
  if (!msg.headers?.get(header.errorCode)) return undefined;
  try {
    const { code, message, details, retryAfterMs } = msg.json<ErrorBody>();
    return new ServiceError(isErrorCode(code) ? code : 'INTERNAL', message, details, { retryAfterMs });
  } catch {
    return new ServiceError('INTERNAL', msg.headers.get(header.error));
  }
}

/** A bug shows its text in the log of its service, never to the caller. */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  return new ServiceError('INTERNAL', 'internal error', undefined, { cause: error });
}

function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 512);
}
