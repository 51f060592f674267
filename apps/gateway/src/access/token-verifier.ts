import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { accessToken, AuthApi, ServiceError } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';

const FRESH_MS = 60_000;
const REFETCH_MS = 1_000;

/** Verifies access tokens with auth's published keys. The last keys serve while newer ones are asked for, or auth is away. */
@Injectable()
export class TokenVerifier implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private keys?: { set: ReturnType<typeof createLocalJWKSet>; fetchedAt: number };
  private fetching?: Promise<void>;

  constructor(private readonly messaging: MessagingClient) {}

  /** Asks for the keys before the first token comes, which may be when auth is away. */
  onApplicationBootstrap(): void {
    void this.fetchFirst();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Throws UNAUTHENTICATED for whatever is not a live access token of ours. */
  async verify(token: string): Promise<JWTPayload> {
    if (!this.keys) await this.fetch();
    else if (Date.now() - this.keys.fetchedAt > FRESH_MS) void this.fetch();
    try {
      return await this.check(token);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_JWKS_NO_MATCHING_KEY' || !this.mayRefetch()) throw refused(error);
    }
    await this.fetch();
    return this.check(token).catch((error: unknown) => Promise.reject(refused(error)));
  }

  private async fetchFirst(): Promise<void> {
    const { signal } = this.stopping;
    while (!this.keys && !signal.aborted) {
      await this.fetch().catch(() => undefined);
      if (!this.keys) await sleep(REFETCH_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async check(token: string): Promise<JWTPayload> {
    if (!this.keys) throw new ServiceError('UNAVAILABLE', 'no keys to verify access tokens with yet');
    const { payload } = await jwtVerify(token, this.keys.set, {
      algorithms: [accessToken.algorithm],
      issuer: accessToken.issuer,
      audience: accessToken.audience,
      typ: accessToken.type,
      requiredClaims: ['exp', 'iat', 'sub', 'jti', 'sid', 'ws', 'role', 'name'],
      maxTokenAge: accessToken.lifetimeSeconds,
    });
    // jose takes an audience list that merely contains ours.
    if (payload.aud !== accessToken.audience)
      throw new ServiceError('UNAUTHENTICATED', 'the access token has another audience');
    return payload;
  }

  /** A token with an unknown key id makes us ask auth, but strangers must not make us ask often. */
  private mayRefetch(): boolean {
    return Date.now() - (this.keys?.fetchedAt ?? 0) > REFETCH_MS;
  }

  private async fetch(): Promise<void> {
    this.fetching ??= this.messaging
      .request(AuthApi.jwks, {}, { timeoutMs: 2_000 })
      .then(({ keys }) => {
        this.keys = { set: createLocalJWKSet({ keys } as unknown as JSONWebKeySet), fetchedAt: Date.now() };
      })
      .catch((error: unknown) => {
        if (!this.keys) throw error;
      })
      .finally(() => {
        this.fetching = undefined;
      });
    await this.fetching;
  }
}

function refused(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const expired = (error as { code?: string }).code === 'ERR_JWT_EXPIRED';
  return new ServiceError(
    'UNAUTHENTICATED',
    expired ? 'the access token has expired' : 'the access token is not valid',
    undefined,
    {
      cause: error,
    },
  );
}
