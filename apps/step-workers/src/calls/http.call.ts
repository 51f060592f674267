import type { EgressRequest, EgressResponse } from '@scm/egress';
import { configurationFault, statusFault } from './call-fault.js';
import { endpointOf, type EndpointArgument } from './endpoint.js';
import type { CallContext } from './call.js';

export interface HttpCallArguments {
  method: string;
  endpoint: EndpointArgument;
  headers?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  output?: 'raw' | 'content' | 'response';
  /** Whether a redirect, which is never followed, is an answer and no failure. */
  redirect?: boolean;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const MAX_ANSWER_BYTES = 262_144;

/** `call: http` of the Open Workflow Specification. */
export async function callHttp(args: HttpCallArguments, { egress, input, key, signal }: CallContext): Promise<unknown> {
  const method = String(args.method).toUpperCase();
  if (!METHODS.includes(method)) throw configurationFault(`the method ${method} is not supported`);
  const { url, headers } = endpointOf(args.endpoint, input);
  for (const [name, value] of Object.entries(args.query ?? {})) url.searchParams.append(name, textOf(value));
  const isJson = args.body !== undefined && typeof args.body !== 'string';
  const request: EgressRequest = {
    url: url.href,
    method: method as EgressRequest['method'],
    headers: {
      ...(isJson && { 'content-type': 'application/json' }),
      ...Object.fromEntries(
        Object.entries(args.headers ?? {}).map(([name, value]) => [name.toLowerCase(), textOf(value)]),
      ),
      ...headers,
      'idempotency-key': key,
    },
    ...(args.body !== undefined && { body: isJson ? JSON.stringify(args.body) : textOf(args.body) }),
    maxBytes: MAX_ANSWER_BYTES,
    signal,
  };
  const answer = await egress.send(request);
  const highest = args.redirect ? 399 : 299;
  if (answer.status < 200 || answer.status > highest) throw statusFault(url.host, answer.status);
  if (answer.truncated) throw configurationFault(`${url.host} answered with more than ${MAX_ANSWER_BYTES} bytes`);
  return outputOf(answer, request, args.output);
}

function outputOf(answer: EgressResponse, { method, url, headers = {} }: EgressRequest, form = 'content'): unknown {
  if (form === 'raw') return answer.body.toString('base64');
  const content = contentOf(answer);
  if (form === 'content') return content;
  // Credentials that were sent are nobody's business in a history.
  const { authorization: _, ...shown } = headers;
  return {
    request: { method, uri: url, headers: shown },
    statusCode: answer.status,
    headers: answer.headers,
    content,
  };
}

/** JSON as what it says, anything else as text. */
export function contentOf({ body, headers }: EgressResponse): unknown {
  const text = body.toString('utf8').replaceAll('\0', '\u{FFFD}');
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
