import type { FetchLike } from '@modelcontextprotocol/client';
import { context, propagation } from '@opentelemetry/api';

const setter = { set: (headers: Headers, key: string, value: string) => headers.set(key, value) };

/** Tells who is reached the span that reaches it. */
export function tracedFetch(fetch: FetchLike): FetchLike {
  return (url, init) => {
    const headers = new Headers(init?.headers);
    propagation.inject(context.active(), headers, setter);
    return fetch(url, { ...init, headers });
  };
}
