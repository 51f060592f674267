import { createHash } from 'node:crypto';
import { errorCodes, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import type { SecretBox } from '@scm/service';
import type { Exchange } from '../protocol/exchange.js';

/** Where a parked call is, and which of its rounds the client was last told of. */
export interface ParkedAt {
  owner: string;
  call: string;
  round: number;
  expiresAt: number;
}

/**
 * Seals what a client carries from one round to the next. It opens only for the principal and for the request that it was made
 * for, and not after its time.
 */
export class RequestStates {
  constructor(private readonly box: SecretBox) {}

  seal(exchange: Exchange, parked: ParkedAt): string {
    return this.box.seal(JSON.stringify(parked), placeOf(exchange));
  }

  /** Throws ProtocolError -32602. */
  open(exchange: Exchange, state: unknown): ParkedAt {
    const parked = this.opened(exchange, state);
    if (parked.expiresAt < Date.now()) throw refused();
    return parked;
  }

  private opened(exchange: Exchange, state: unknown): ParkedAt {
    if (typeof state !== 'string') throw refused();
    try {
      const text = this.box.open(state, placeOf(exchange));
      // Other spellings of the same bytes would pass otherwise.
      if (Buffer.from(state, 'base64url').toString('base64url') !== state) throw refused();
      return JSON.parse(text) as ParkedAt;
    } catch {
      throw refused();
    }
  }
}

export function refused(): ProtocolError {
  return new ProtocolError(errorCodes.invalidParams, 'requestState is not valid here, or not any more');
}

// Another round of the same call has others of these.
const ofTheRound = ['_meta', 'requestState', 'inputResponses'];

function placeOf({ actor, method, params }: Exchange): string {
  const asked = Object.entries(params).filter(([name]) => !ofTheRound.includes(name));
  const digest = createHash('sha256')
    .update(sorted(Object.fromEntries(asked)))
    .digest('base64url');
  return `mcp-request-state/${actor.workspaceId}/${actor.kind}/${actor.id}/${method}/${digest}`;
}

/** The same text for the same value, however its members are ordered. */
function sorted(value: JsonObject): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
