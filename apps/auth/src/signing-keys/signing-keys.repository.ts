import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import { Database } from '@scm/database';

export interface SigningKeyRow {
  kid: string;
  public_jwk: JWK;
  sealed_private_jwk: string;
  created_at: Date;
  retired_at: Date | null;
}

/** Signing keys sign for every workspace, so this works as the system role. */
@Injectable()
export class SigningKeysRepository {
  constructor(private readonly database: Database) {}

  /** The keys a verifier may still meet, newest first: those not retired, or retired less than `overlapSeconds` ago. */
  async published(overlapSeconds: number): Promise<SigningKeyRow[]> {
    return this.database.acrossWorkspaces((tx) =>
      tx.query<SigningKeyRow[]>(
        `select * from signing_keys where retired_at is null or retired_at > now() - make_interval(secs => $1)
         order by created_at desc`,
        [overlapSeconds],
      ),
    );
  }

  /** Puts a key in place of the present ones, unless another replica did so since `unlessNewerThan`. */
  async replace(
    key: Pick<SigningKeyRow, 'kid' | 'public_jwk' | 'sealed_private_jwk'>,
    unlessNewerThan: Date,
  ): Promise<void> {
    await this.database.acrossWorkspaces(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('scm.signing-keys'))`);
      const newer = await tx.query<unknown[]>(`select 1 from signing_keys where created_at > $1 limit 1`, [
        unlessNewerThan,
      ]);
      if (newer.length > 0) return;
      await tx.query(`update signing_keys set retired_at = now() where retired_at is null`);
      await tx.query(`insert into signing_keys (kid, public_jwk, sealed_private_jwk) values ($1, $2, $3)`, [
        key.kid,
        JSON.stringify(key.public_jwk),
        key.sealed_private_jwk,
      ]);
    });
  }
}
