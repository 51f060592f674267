import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { digestOf } from '@scm/audit';
import { errorCodes, isJsonObject, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { SecretBox } from '@scm/service';
import type { Exchange } from './exchange.js';
import { UsedStatesRepository } from './used-states.repository.js';

const LIFETIME_MS = 30 * 60_000;

interface Sealed {
  /** What is sealed. */
  s: string;
  /** When it ends, Unix milliseconds. */
  e: number;
  /** Its name: it is accepted once. */
  n: string;
}

/**
 * What a client keeps for us between two rounds of a request: sealed, for the same caller and the same arguments, for half
 * an hour and one use. What comes back is hostile until it was opened.
 */
@Injectable()
export class RequestStateSeal {
  constructor(
    private readonly box: SecretBox,
    private readonly used: UsedStatesRepository,
  ) {}

  close(exchange: Exchange, result: JsonObject, now = Date.now()): JsonObject {
    const { requestState } = result;
    if (typeof requestState !== 'string') return result;
    const sealed: Sealed = { s: requestState, e: now + LIFETIME_MS, n: randomUUID() };
    return { ...result, requestState: this.box.seal(JSON.stringify(sealed), placeOf(exchange)) };
  }

  /** The params with the state as it was before it was sealed. Throws ProtocolError -32602 for any that is not good. */
  async open(exchange: Exchange, now = Date.now()): Promise<JsonObject> {
    const { params, actor } = exchange;
    const { requestState } = params;
    if (requestState === undefined) return params;
    const sealed = typeof requestState === 'string' ? this.unsealed(exchange, requestState) : undefined;
    if (!sealed || sealed.e <= now || !(await this.used.use(actor.workspaceId, sealed.n, new Date(sealed.e)))) {
      throw new ProtocolError(errorCodes.invalidParams, 'params.requestState is not one that this call was given');
    }
    return { ...params, requestState: sealed.s };
  }

  private unsealed(exchange: Exchange, text: string): Sealed | undefined {
    try {
      // Only one spelling of a state is good.
      if (Buffer.from(text, 'base64url').toString('base64url') !== text) return undefined;
      return JSON.parse(this.box.open(text, placeOf(exchange))) as Sealed;
    } catch {
      return undefined;
    }
  }
}

/** Whose it is, and of which request. */
function placeOf({ actor, method, params, server = '' }: Exchange): string {
  const { _meta: _, requestState: _state, inputResponses: _responses, ...request } = params;
  const digest = digestOf(JSON.stringify(request, sorted));
  return ['mcp-request-state', actor.workspaceId, actor.kind, actor.id, server, method, digest].join('/');
}

/** A client may write its arguments in another order when it asks again. */
function sorted(_: string, value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
