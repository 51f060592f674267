import { INTERNAL_ERROR, INVALID_REQUEST, REFUSED, type Message } from './message.js';

type RpcError = NonNullable<Message['error']>;

const MAX_TEXT = 1_024;

/** What a client is told of a message that could not be passed on: the error of the server, or of the door before it. */
export function refusalOf(error: unknown): RpcError {
  const body = bodyOf(error);
  const { code, message, data } = (body['error'] ?? {}) as { code?: unknown; message?: unknown; data?: unknown };
  if (Number.isInteger(code)) {
    return { code: code as number, message: String(message), ...(data !== undefined && { data }) };
  }
  if (typeof body['code'] === 'string') return told(REFUSED, `${body['code']}: ${String(body['detail'])}`);
  const { message: text = String(error), cause } = (error ?? {}) as Partial<Error> & { cause?: NodeJS.ErrnoException };
  if (fitsNoHeader(text, cause)) return told(INVALID_REQUEST, 'cannot be sent over HTTP');
  return cause ? told(REFUSED, `UNAVAILABLE: ${cause.message || text}`) : told(INTERNAL_ERROR, text);
}

/** Headers repeat the method, the name and the revision; `fetch` refuses what is not Latin-1, its client control characters. */
function fitsNoHeader(text: string, cause?: NodeJS.ErrnoException): boolean {
  return text.includes('ByteString') || cause?.code === 'UND_ERR_INVALID_ARG';
}

function told(code: number, text: string): RpcError {
  return { code, message: text.slice(0, MAX_TEXT) };
}

/** What a refused HTTP request was answered with: a message, or problem details. */
function bodyOf(error: unknown): Record<string, unknown> {
  const { text } = ((error as { data?: { text?: unknown } }).data ?? {}) as { text?: unknown };
  try {
    const body: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
