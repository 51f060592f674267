import { invalidField, JsonValue, OneOf, ServiceError, Text, TextMap } from '@scm/contracts';
import type { EgressClient, EgressRequest } from '@scm/egress';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export class HttpArguments {
  @OneOf(methods, { optional: true }) method?: (typeof methods)[number];
  @Text({ max: 2_048 }) url: string;
  @TextMap({ optional: true }) headers?: Record<string, string>;
  /** A text is sent as it is, anything else as JSON. */
  @JsonValue({ optional: true }) body?: unknown;
}

export interface HttpResult {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

/** Statuses with which a server asks to come again. */
const AGAIN = [408, 425, 429];

/** Sends one request; whoever receives it twice can tell by its `Idempotency-Key`. */
export async function sendHttp(
  egress: Pick<EgressClient, 'send'>,
  { method = 'POST', url, headers = {}, body }: HttpArguments,
  key: string,
  signal: AbortSignal,
): Promise<HttpResult> {
  const isJson = body !== undefined && body !== null && typeof body !== 'string';
  const sent = new Headers({ ...(isJson && { 'content-type': 'application/json' }) });
  for (const [name, value] of Object.entries(headers)) setHeader(sent, name, value);
  sent.set('idempotency-key', key);
  const request: EgressRequest = {
    url,
    method,
    headers: Object.fromEntries(sent),
    ...(body !== undefined && body !== null && { body: isJson ? JSON.stringify(body) : body }),
    signal,
  };
  const answer = await egress.send(request);
  if (answer.status >= 200 && answer.status < 300) {
    const text = answer.body.toString('utf8').replaceAll('\0', '\u{FFFD}');
    return { status: answer.status, headers: answer.headers, body: bodyOf(text, answer.headers['content-type']) };
  }
  const { host } = new URL(url);
  const again = answer.status >= 500 || AGAIN.includes(answer.status);
  throw new ServiceError(
    again ? 'UNAVAILABLE' : 'FAILED_PRECONDITION',
    `${host} answered with status ${answer.status}`,
  );
}

function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    throw invalidField(`http.headers.${name}`, 'is not a header that can be sent');
  }
}

function bodyOf(text: string, type = ''): unknown {
  if (!/\bjson\b/i.test(type)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
