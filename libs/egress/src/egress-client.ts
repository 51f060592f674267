import { lookup } from 'node:dns';
import { ServiceError } from '@scm/contracts';
import { Agent, buildConnector, fetch, request, type Dispatcher, type RequestInit } from 'undici';
import { AddressGuard, type Resolve } from './address-guard.js';
import { checkHeaders, parseUrl } from './request-checks.js';

export interface EgressRequest {
  /** http or https, without credentials. */
  url: string;
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** How much of the answer is kept; the rest is not read. Default 64 KiB. */
  maxBytes?: number;
  /** From the first look-up to the last byte. Default 15 s. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface EgressResponse {
  /** Also a redirect's: none is followed. */
  status: number;
  /** Lower-case names; repeated headers are joined with a comma. */
  headers: Readonly<Record<string, string>>;
  /** As sent, not decompressed. */
  body: Buffer;
  /** Whether the answer was longer than `maxBytes`. */
  truncated: boolean;
}

export interface EgressOptions {
  /** Host names, addresses and CIDRs that may be reached although they are private. */
  allow?: readonly string[];
  resolve?: Resolve;
  /** At once to one origin, of which each open stream holds one. Default 16. */
  connections?: number;
}

const CONNECTIONS_PER_ORIGIN = 16;
const CONNECT_TIMEOUT_MS = 10_000;

/** The way out for every request to an address that someone else chose. It reaches public addresses and the allow list only. */
export class EgressClient {
  private readonly agent: Agent;

  constructor({ allow = [], resolve = lookup, connections = CONNECTIONS_PER_ORIGIN }: EgressOptions = {}) {
    const guard = new AddressGuard(allow, resolve);
    // Every request has its own deadline, and a stream may be silent for long.
    const silence = { headersTimeout: 0, bodyTimeout: 0 };
    this.agent = new Agent({ connect: guardedConnector(guard), connections, allowH2: false, ...silence });
  }

  /**
   * Throws INVALID_ARGUMENT for a request or an address that is refused, DEADLINE_EXCEEDED after `timeoutMs`,
   * UNAVAILABLE when the target cannot be reached or breaks off, and the signal's reason when it aborts.
   */
  async send({
    url,
    headers = {},
    method = 'GET',
    body,
    maxBytes = 65_536,
    ...waits
  }: EgressRequest): Promise<EgressResponse> {
    const target = parseUrl(url);
    checkHeaders(headers);
    const deadline = AbortSignal.timeout(waits.timeoutMs ?? 15_000);
    const signal = waits.signal === undefined ? deadline : AbortSignal.any([deadline, waits.signal]);
    try {
      const answer = await request(target, { method, headers, body: body ?? null, signal, dispatcher: this.agent });
      const kept = await readUpTo(answer.body, maxBytes);
      return { status: answer.statusCode, headers: joined(answer.headers), ...kept };
    } catch (error) {
      waits.signal?.throwIfAborted();
      throw deadline.aborted ? tooSlow(target) : unreachable(target, error);
    }
  }

  /**
   * As `fetch`, for libraries that speak a protocol over it: answers may be streams and nothing but the signal ends them. No
   * redirect is followed. Rejects with INVALID_ARGUMENT or UNAVAILABLE, or with the signal's reason.
   */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const target = parseUrl(input instanceof Request ? input.url : String(input));
    const guarded = { ...init, redirect: 'manual', dispatcher: this.agent } as RequestInit;
    const answer = await fetch(target, guarded).catch((error: Error) => {
      init?.signal?.throwIfAborted();
      throw unreachable(target, error.cause ?? error);
    });
    return answer as unknown as Response;
  };

  /** Ends every connection; requests under way fail as UNAVAILABLE. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

function guardedConnector(guard: AddressGuard): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: guard.lookup, allowH2: false });
  return (options, done) => {
    try {
      // `net.connect` skips the look-up for address literals.
      guard.checkLiteral(options.hostname);
    } catch (error) {
      return done(error as Error, null);
    }
    connect(options, done);
  };
}

async function readUpTo(
  stream: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: size > maxBytes };
}

function joined(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]));
}

function tooSlow({ host }: URL): ServiceError {
  return new ServiceError('DEADLINE_EXCEEDED', `${host} did not answer in time`);
}

function unreachable({ host }: URL, error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new ServiceError('UNAVAILABLE', `${host} cannot be reached: ${code ?? message}`, undefined, { cause: error });
}
