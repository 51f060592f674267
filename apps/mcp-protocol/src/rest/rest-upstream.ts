import { ServiceError } from '@scm/contracts';
import type { EgressClient } from '@scm/egress';
import { errorCodes, latestRevision, metaKeys, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { currentTraceparent } from '@scm/messaging';
import type { Connector } from '../connectors/connector.js';
import { hookedUpstream } from '../connectors/hooked-upstream.js';
import type { MessageHooks } from '../extensions/message-hooks.js';
import type { Exchange } from '../protocol/exchange.js';
import { asMeta } from '../connectors/legacy-translation.js';
import type { RestOperation } from './rest-operation.js';
import { requestOf } from './rest-request.js';
import { MAX_ANSWER, refusalOf, resultOf } from './rest-result.js';

const TTL_MS = 60_000;
// The deadline of the call ends it before.
const CALL_MS = 600_000;
const CHECK_MS = 10_000;

export interface RestTarget {
  name: string;
  title: string;
  version: string;
  description?: string;
  url: string;
  /** Sent with every request, whatever a call says. */
  headers: Readonly<Record<string, string>>;
}

/** An HTTP API as a provider of tools: one for each of its operations. */
export class RestUpstream implements Connector {
  private operations?: Promise<RestOperation[]>;

  constructor(
    private readonly target: RestTarget,
    private readonly egress: EgressClient,
    private readonly load: () => Promise<RestOperation[]>,
    private readonly hooks: MessageHooks,
  ) {}

  answer(exchange: Exchange): Promise<JsonObject> {
    if (this.hooks.areNone) return this.answered(exchange);
    return hookedUpstream(this.hooks, exchange, (asked) => this.answered(asked));
  }

  private async answered(exchange: Exchange): Promise<JsonObject> {
    switch (exchange.method) {
      case 'server/discover':
        return this.discover();
      case 'tools/list':
        return {
          resultType: 'complete',
          tools: (await this.all()).map(({ tool }) => tool),
          ttlMs: TTL_MS,
          cacheScope: 'private',
        };
      case 'tools/call':
        return this.call(exchange);
      default:
        throw new ProtocolError(errorCodes.methodNotFound, `${exchange.method} is not offered`);
    }
  }

  /** Whether anything answers at the base URL, whatever it says of that address. */
  async check({ signal }: Exchange): Promise<undefined> {
    const { url, headers } = this.target;
    const { status } = await this.egress.send({ url, headers, signal, timeoutMs: CHECK_MS });
    if (status >= 500) throw new ServiceError('UNAVAILABLE', `the API answered ${status}`);
  }

  async close(): Promise<void> {}

  private discover(): JsonObject {
    const { name, title, version, description } = this.target;
    return {
      resultType: 'complete',
      supportedVersions: [latestRevision],
      capabilities: { tools: {} },
      ...(description && { instructions: description }),
      ttlMs: TTL_MS,
      cacheScope: 'private',
      _meta: { [metaKeys.serverInfo]: { name, title, version } },
    };
  }

  private async call({ params, signal }: Exchange): Promise<JsonObject> {
    const operation = (await this.all()).find(({ tool }) => tool['name'] === params['name']);
    if (!operation) throw new ProtocolError(errorCodes.invalidParams, `there is no tool ${String(params['name'])}`);
    const request = this.requestFor(operation, params);
    if (request instanceof ServiceError) return refusalOf(request);
    const answer = await this.egress.send({ ...request, signal, maxBytes: MAX_ANSWER, timeoutMs: CALL_MS });
    return resultOf(answer, operation.tool);
  }

  private requestFor(operation: RestOperation, params: JsonObject): ReturnType<typeof requestOf> | ServiceError {
    try {
      const request = requestOf(operation, this.target.url, params['arguments']);
      return { ...request, headers: merged(request.headers, traceOf(params), this.target.headers) };
    } catch (error) {
      if (error instanceof ServiceError) return error;
      throw error;
    }
  }

  private all(): Promise<RestOperation[]> {
    this.operations ??= this.load().catch((error: unknown) => {
      this.operations = undefined;
      throw error;
    });
    return this.operations;
  }
}

const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** Our own span is the parent; without one, the client's. */
function traceOf(params: JsonObject): Record<string, string> {
  const traceparent = currentTraceparent() ?? asMeta(params)['traceparent'];
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {};
}

/** Of two headers of one name, whatever their case, the later one stays. */
function merged(...all: Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(
    all.flatMap((headers) => Object.entries(headers)).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
