import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Actor } from '@scm/contracts';
import { SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { CONTEXT_TYPE, contextKey, contextLifetimeSeconds } from './context-key.js';
import { perActor } from './per-actor.js';

// Reusing a token lets every verifier on the way answer from its cache.
const REUSE_MS = 20_000;

/** Signs who a call is made for: a compact EdDSA JWS, valid for 60 seconds. */
export class ContextSigner {
  private readonly service: string;
  private readonly key: KeyObject;
  private readonly signed = new LRUCache<string, { token: Promise<string>; signedAtMs: number }>({ max: 10_000 });

  /** `privateJwk`: the service's Ed25519 private key as JWK text, its `kid` the service's name. Throws when it is not. */
  constructor(
    privateJwk: string,
    private readonly now: () => number = Date.now,
  ) {
    const { service, key } = contextKey(JSON.parse(privateJwk), createPrivateKey);
    this.service = service;
    this.key = key;
  }

  /** The same actor gets the same token for 20 seconds. */
  sign(actor: Actor): Promise<string> {
    const id = cacheKey(actor);
    const nowMs = this.now();
    const known = this.signed.get(id);
    if (known !== undefined && nowMs >= known.signedAtMs && nowMs - known.signedAtMs < REUSE_MS) return known.token;
    const token = this.issue(actor, Math.floor(nowMs / 1000));
    this.signed.set(id, { token, signedAtMs: nowMs });
    return token;
  }

  private issue(actor: Actor, nowSeconds: number): Promise<string> {
    return new SignJWT({ ...actor })
      .setProtectedHeader({ alg: 'EdDSA', typ: CONTEXT_TYPE, kid: this.service })
      .setIssuer(this.service)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + contextLifetimeSeconds)
      .sign(this.key);
  }
}

const cacheKey = perActor((actor) => JSON.stringify(Object.entries(actor).sort(([a], [b]) => (a < b ? -1 : 1))));
