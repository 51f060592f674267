import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  createLocalJWKSet,
  type CryptoKey,
  type JWTPayload,
} from 'jose';
import { AuditLog } from '@scm/audit';
import { accessToken, ServiceError, type Actor, type Jwks } from '@scm/contracts';
import { Database } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { SecretBox } from '@scm/service';
import { SigningKeysRepository, type SigningKeyRow } from './signing-keys.repository.js';

const REREAD_MS = 5_000;
const ROTATE_AFTER_MS = 30 * 86_400_000;
/** A retired key is published until the last token it signed has surely expired. */
const OVERLAP_SECONDS = accessToken.lifetimeSeconds * 2;

interface Present {
  readAt: number;
  rows: SigningKeyRow[];
  key: CryptoKey;
  kid: string;
}

/** Signs and verifies access tokens; makes the next key every thirty days or when asked. */
@Injectable()
export class SigningKeysService {
  private present?: Promise<Present>;

  constructor(
    private readonly keys: SigningKeysRepository,
    private readonly box: SecretBox,
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  async jwks(): Promise<Jwks> {
    const { rows } = await this.read();
    return { keys: rows.map((row) => ({ ...row.public_jwk })) };
  }

  async rotate(): Promise<Jwks> {
    const actor = currentActor();
    await this.replace(new Date());
    await this.database.inWorkspace(actor.workspaceId, (tx) =>
      this.audit.record(tx, {
        actor,
        action: 'signing-keys:write',
        outcome: 'done',
        resourceType: 'signing-key',
      }),
    );
    return this.jwks();
  }

  async sign(actor: Actor & { sessionId: string }): Promise<string> {
    const { key, kid } = await this.read();
    return new SignJWT({ sid: actor.sessionId, ws: actor.workspaceId, role: actor.role, name: actor.name })
      .setProtectedHeader({ alg: accessToken.algorithm, typ: accessToken.type, kid })
      .setIssuer(accessToken.issuer)
      .setAudience(accessToken.audience)
      .setSubject(actor.id)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${accessToken.lifetimeSeconds}s`)
      .sign(key);
  }

  async verify(token: string): Promise<JWTPayload> {
    const { rows } = await this.read();
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: rows.map((row) => row.public_jwk) }), {
        algorithms: [accessToken.algorithm],
        issuer: accessToken.issuer,
        audience: accessToken.audience,
        typ: accessToken.type,
        requiredClaims: ['exp', 'sub', 'sid', 'ws', 'role'],
      });
      return payload;
    } catch (error) {
      throw new ServiceError('UNAUTHENTICATED', 'the access token is not valid', undefined, { cause: error });
    }
  }

  private async read(): Promise<Present> {
    const known = await this.present?.catch(() => undefined);
    if (known && Date.now() - known.readAt < REREAD_MS) return known;
    this.present = this.load();
    return this.present;
  }

  private async load(): Promise<Present> {
    const rows = await this.keys.published(OVERLAP_SECONDS);
    const [newest] = rows;
    if (!newest || newest.retired_at || Date.now() - newest.created_at.getTime() > ROTATE_AFTER_MS) {
      await this.replace(newest?.created_at ?? new Date(0));
      return this.load();
    }
    const jwk = JSON.parse(this.box.open(newest.sealed_private_jwk, placeOf(newest.kid))) as Record<string, string>;
    return {
      readAt: Date.now(),
      rows,
      kid: newest.kid,
      key: (await importJWK(jwk, accessToken.algorithm)) as CryptoKey,
    };
  }

  private async replace(unlessNewerThan: Date): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(accessToken.algorithm, { extractable: true });
    const kid = randomUUID();
    const about = { kid, alg: accessToken.algorithm, use: 'sig' };
    const sealed = this.box.seal(JSON.stringify({ ...(await exportJWK(privateKey)), ...about }), placeOf(kid));
    await this.keys.replace(
      { kid, public_jwk: { ...(await exportJWK(publicKey)), ...about }, sealed_private_jwk: sealed },
      unlessNewerThan,
    );
    this.present = undefined;
  }
}

function placeOf(kid: string): string {
  return `signing_keys/${kid}`;
}
