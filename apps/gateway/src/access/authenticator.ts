import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AuthApi, ServiceError, type Actor, type Role } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import { TokenVerifier } from './token-verifier.js';

/** A proved caller, and until when the credential proves it (Unix ms). */
export interface Proof {
  actor: Actor;
  expiresAt: number;
}

const API_KEY_PREFIX = 'scm_key_';
/** How long a revoked API key may still be accepted by this replica. */
const API_KEY_TTL_MS = 5_000;

/** Turns a credential, an access token or an API key, into the actor it proves. */
@Injectable()
export class Authenticator {
  private readonly apiKeys = new LRUCache<string, Promise<Actor>>({ max: 10_000, ttl: API_KEY_TTL_MS });
  private readonly tokens = new LRUCache<string, Proof>({ max: 10_000 });

  constructor(
    private readonly messaging: MessagingClient,
    private readonly verifier: TokenVerifier,
  ) {}

  async prove(credential: string): Promise<Proof> {
    if (credential.startsWith(API_KEY_PREFIX)) {
      return { actor: await this.ofApiKey(credential), expiresAt: Number.POSITIVE_INFINITY };
    }
    const key = digest(credential);
    const known = this.tokens.get(key);
    if (known && known.expiresAt > Date.now()) return known;
    const proof = await this.ofToken(credential);
    this.tokens.set(key, proof, { ttl: 30_000 });
    return proof;
  }

  private async ofToken(token: string): Promise<Proof> {
    const { sub, ws, sid, role, name, exp } = await this.verifier.verify(token);
    const actor: Actor = Object.freeze({
      kind: 'user',
      id: String(sub),
      name: String(name),
      workspaceId: String(ws),
      role: role as Role,
      sessionId: String(sid),
    } as const);
    return { actor, expiresAt: Number(exp) * 1_000 };
  }

  private async ofApiKey(credential: string): Promise<Actor> {
    const key = digest(credential);
    const known = this.apiKeys.get(key);
    if (known) return known;
    const asked = this.messaging
      .request(AuthApi.exchange, { credential })
      .then(({ actor }) => Object.freeze(actor as unknown as Actor));
    this.apiKeys.set(key, asked);
    asked.catch((error: unknown) => {
      // A refusal may be kept, an outage may not.
      if (!(error instanceof ServiceError) || error.code !== 'UNAUTHENTICATED') this.apiKeys.delete(key);
    });
    return asked;
  }
}

function digest(credential: string): string {
  return hash('sha256', credential, 'base64url');
}
