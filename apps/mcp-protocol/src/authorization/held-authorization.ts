import type { StoredOAuthClientInformation, StoredOAuthTokens } from '@modelcontextprotocol/client';
import type { DpopKey } from './dpop.js';

/** What an upstream said that it wants: its challenge (RFC 6750, 3 and RFC 9728, 5.1). */
export interface Wanted {
  scope?: string;
  resourceMetadataUrl?: string;
}

/** What is kept of an upstream's authorization; all of it is sealed at rest. */
export interface HeldAuthorization {
  /** What the product is registered as, and with whom. */
  client?: StoredOAuthClientInformation;
  tokens?: StoredOAuthTokens;
  /** The scopes that were asked for with these tokens. */
  asked?: string;
  /** The resource that these tokens are for (RFC 8707). */
  resource?: string;
  /** What these tokens are bound to, where the authorization server does that. */
  dpop?: DpopKey;
  /** When these tokens came, Unix milliseconds. */
  obtainedAt?: number;
}

/** When its token ends, Unix milliseconds; undefined when the authorization server did not say. */
export function endOf({ tokens, obtainedAt }: HeldAuthorization): number | undefined {
  const seconds = tokens?.expires_in;
  return seconds === undefined || obtainedAt === undefined ? undefined : obtainedAt + seconds * 1_000;
}

/** The scopes that the tokens have: those of the answer, or those that were asked for (RFC 6749, 5.1). */
export function scopeOf({ tokens, asked }: HeldAuthorization): string | undefined {
  return tokens?.scope ?? asked;
}
