import { Injectable } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import type { EntityManager } from 'typeorm';
import { AuthorizationSeals } from './authorization-seals.js';
import { AuthorizationsRepository, type AuthorizationRow } from './authorizations.repository.js';
import { endOf, scopeOf, type HeldAuthorization, type Wanted } from './held-authorization.js';

/** What is held of an authorization, and what the upstream wants besides. */
export interface AuthorizationChange {
  held: HeldAuthorization;
  wanted?: Wanted;
}

type Whose = Readonly<{ id: string; workspaceId: string }>;

/** Opens and seals what is held of each upstream's authorization. */
@Injectable()
export class AuthorizationStore {
  constructor(
    private readonly rows: AuthorizationsRepository,
    private readonly seals: AuthorizationSeals,
  ) {}

  async held({ id, workspaceId }: Whose): Promise<HeldAuthorization> {
    return this.opened(await this.rows.inWorkspace(workspaceId, (tx) => this.rows.find(tx, id)));
  }

  /** One change after the other, whichever replica makes them. Throws NOT_FOUND when the upstream was removed. */
  async change(
    { id, workspaceId }: Whose,
    change: (held: HeldAuthorization, tx: EntityManager) => Promise<AuthorizationChange>,
  ): Promise<AuthorizationChange> {
    return this.rows.inWorkspace(workspaceId, async (tx) => {
      const row = await this.rows.lock(tx, id);
      if (!row) throw new ServiceError('NOT_FOUND', `no upstream ${id}`);
      const before = this.opened(row);
      const changed = await change(before, tx);
      if (changed.held !== before || changed.wanted) await this.rows.save(tx, this.rowOf(id, changed));
      return changed;
    });
  }

  private opened(row: AuthorizationRow | undefined): HeldAuthorization {
    return row?.sealed ? this.seals.open<HeldAuthorization>('held', row.upstream_id, row.sealed) : {};
  }

  private rowOf(id: string, { held, wanted }: AuthorizationChange): AuthorizationRow {
    const end = endOf(held);
    return {
      upstream_id: id,
      sealed: this.seals.seal('held', id, held),
      issuer: held.tokens?.issuer ?? null,
      scope: scopeOf(held) ?? null,
      wanted: wanted ?? null,
      authorized_at: held.obtainedAt === undefined ? null : new Date(held.obtainedAt),
      expires_at: end === undefined ? null : new Date(end),
    };
  }
}
