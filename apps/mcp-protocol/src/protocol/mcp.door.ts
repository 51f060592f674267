import { Injectable } from '@nestjs/common';
import { parseJson, ServiceError, type McpHead, type McpRequest } from '@scm/contracts';
import type { StreamedAnswer } from '@scm/messaging';
import {
  errorCodes,
  hasRequestMeta,
  isJsonObject,
  isProtocolRevision,
  isStateless,
  latestRevision,
  parseMessage,
  ProtocolError,
  type JsonRpcRequest,
} from '@scm/mcp-messages';
import { LegacyDoor } from '../sessions/legacy.door.js';
import { accepted, refusal } from './heads.js';
import { Served } from './served.js';
import { StatelessDoor } from './stateless.door.js';

/** Where every message comes in: it tells the two eras of the protocol apart. */
@Injectable()
export class McpDoor {
  constructor(
    private readonly served: Served,
    private readonly stateless: StatelessDoor,
    private readonly legacy: LegacyDoor,
  ) {}

  async open(asked: McpRequest, answer: StreamedAnswer<McpHead>): Promise<McpHead | void> {
    try {
      if (asked.method === 'GET') return await this.legacy.stream(asked, answer);
      if (asked.method === 'DELETE') return await this.legacy.end(asked);
      return await this.post(asked, read(asked.body), answer);
    } catch (error) {
      if (error instanceof ProtocolError) return refusal(error);
      throw error;
    }
  }

  private async post(asked: McpRequest, body: unknown, answer: StreamedAnswer<McpHead>): Promise<McpHead | void> {
    const version = asked.headers['mcp-protocol-version'];
    if (!isOfStatelessEra(version, body)) {
      if (version !== undefined) this.served.assertServed(version, idOf(body));
      return this.legacy.post(asked, body, answer);
    }
    const parsed = parseMessage(body, latestRevision);
    if (parsed.kind === 'notification') return this.stateless.notice(asked, parsed.message);
    if (parsed.kind === 'request') return this.stateless.answer(asked, parsed.message, answer);
    // Since 2026-07-28 nobody asks a client, so that no answer can be meant.
    return accepted;
  }
}

/** A request that brings its own context, or says by header or method that it should have. */
function isOfStatelessEra(version: string | undefined, body: unknown): boolean {
  if (isProtocolRevision(version)) return isStateless(version) || hasMeta(body);
  return hasMeta(body) || (isJsonObject(body) && statelessOnly.some((method) => method === body['method']));
}

const statelessOnly = ['server/discover', 'subscriptions/listen'];

function hasMeta(body: unknown): boolean {
  return isJsonObject(body) && isJsonObject(body['params']) && hasRequestMeta(body as unknown as JsonRpcRequest);
}

function idOf(body: unknown): string | number | undefined {
  const id = isJsonObject(body) ? body['id'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

function read(body: string): unknown {
  try {
    return parseJson(body);
  } catch (error) {
    if (error instanceof ServiceError) throw new ProtocolError(errorCodes.parseError, error.message);
    throw error;
  }
}
