import { createPublicKey } from 'node:crypto';
import { ServiceError, type Actor } from '@scm/contracts';
import { decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { actorOf } from './actor-claims.js';
import { CONTEXT_TYPE, contextKey, contextLifetimeSeconds, isObject, type ContextKey } from './context-key.js';

const MAX_TOKEN_LENGTH = 4_096;
const CLOCK_TOLERANCE_SECONDS = 5;

/** Proves who a call is made for, from the context its caller sent along. */
export class ContextVerifier {
  private readonly keys: ReadonlyMap<string, ContextKey>;
  private readonly verified = new LRUCache<string, { actor: Actor; expiresAtMs: number }>({ max: 10_000 });

  /** `publicJwks`: a JWKS text with one Ed25519 public key for each service, its `kid` the service's name. Throws when it is not. */
  constructor(
    publicJwks: string,
    private readonly now: () => number = Date.now,
  ) {
    this.keys = readKeys(JSON.parse(publicJwks));
  }

  /** The actor the token names. Throws ServiceError UNAUTHENTICATED for anything but a valid, current context. */
  async verify(token: string): Promise<Actor> {
    const known = this.verified.get(token);
    if (known !== undefined && this.now() < known.expiresAtMs) return known.actor;
    try {
      const { actor, expiresAtMs } = await this.prove(token);
      this.verified.set(token, { actor, expiresAtMs });
      return actor;
    } catch (cause) {
      throw new ServiceError('UNAUTHENTICATED', 'The call context is not valid', undefined, { cause });
    }
  }

  private async prove(token: string): Promise<{ actor: Actor; expiresAtMs: number }> {
    if (token.length > MAX_TOKEN_LENGTH) throw new Error('The token is too long');
    const kid = keyIdOf(token);
    const issuer = this.keys.get(kid);
    if (issuer === undefined) throw new Error(`There is no key for ${kid}`);
    const { payload } = await jwtVerify(token, issuer.key, {
      algorithms: ['EdDSA'],
      typ: CONTEXT_TYPE,
      issuer: issuer.service,
      requiredClaims: ['exp', 'iat'],
      maxTokenAge: contextLifetimeSeconds,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(this.now()),
    });
    return { actor: Object.freeze(actorOf(payload, issuer.service)), expiresAtMs: expiryOf(payload) * 1000 };
  }
}

/** The kid of a header that holds nothing else but alg and typ: no embedded or fetched keys, no extensions. */
function keyIdOf(token: string): string {
  const { kid, ...rest } = decodeProtectedHeader(token);
  const others = Object.keys(rest).filter((name) => name !== 'alg' && name !== 'typ');
  if (others.length > 0) throw new Error(`The header may not hold ${others.join(', ')}`);
  if (typeof kid !== 'string') throw new Error('The header names no key');
  return kid;
}

function expiryOf({ exp, iat }: JWTPayload): number {
  if (exp === undefined || iat === undefined || exp - iat > contextLifetimeSeconds)
    throw new Error('It lasts too long');
  return exp;
}

function readKeys(jwks: unknown): Map<string, ContextKey> {
  if (!isObject(jwks) || !Array.isArray(jwks['keys'])) throw new TypeError('The context keys are not a JWKS');
  const keys = new Map<string, ContextKey>();
  for (const jwk of jwks['keys'] as unknown[]) {
    if (isObject(jwk) && 'd' in jwk) throw new TypeError('The public context keys hold a private key');
    const key = contextKey(jwk, createPublicKey);
    if (keys.has(key.service)) throw new TypeError(`There are two context keys for ${key.service}`);
    keys.set(key.service, key);
  }
  return keys;
}
