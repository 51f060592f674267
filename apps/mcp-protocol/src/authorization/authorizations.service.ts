import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import type { Actor, Nothing, UpstreamAuthorization } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import type { EntityManager } from 'typeorm';
import { UpstreamsRepository } from '../upstreams/upstreams.repository.js';
import { AuthorizationStore } from './authorization.store.js';
import type { AuthorizedUpstream } from './authorized-upstream.js';
import { AuthorizationsRepository, type AuthorizationRow } from './authorizations.repository.js';
import { scopeOf, type HeldAuthorization, type Wanted } from './held-authorization.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';

/** What the workspace has of its upstreams' authorizations, and how it is shown. */
@Injectable()
export class AuthorizationsService {
  constructor(
    private readonly rows: AuthorizationsRepository,
    private readonly upstreams: UpstreamsService,
    private readonly upstreamRows: UpstreamsRepository,
    private readonly store: AuthorizationStore,
    private readonly audit: AuditLog,
  ) {}

  /** Throws NOT_FOUND. */
  async get(id: string): Promise<UpstreamAuthorization> {
    const { authorization, workspace_id: workspaceId } = await this.upstreams.row(id);
    if (!authorization) return { id, state: 'none' };
    return this.shown({ id, workspaceId });
  }

  async shown({ id, workspaceId }: Pick<AuthorizedUpstream, 'id' | 'workspaceId'>): Promise<UpstreamAuthorization> {
    return toAuthorization(id, await this.rows.inWorkspace(workspaceId, (tx) => this.rows.find(tx, id)));
  }

  async wanted({ id, workspaceId }: AuthorizedUpstream): Promise<Wanted | undefined> {
    const row = await this.rows.inWorkspace(workspaceId, (tx) => this.rows.find(tx, id));
    return row?.wanted ?? undefined;
  }

  /** Every replica speaks to the upstream anew with it. */
  async take(upstream: AuthorizedUpstream, held: HeldAuthorization, actor: Actor): Promise<void> {
    await this.store.change(upstream, async (_, tx) => {
      await this.upstreamRows.touch(tx, upstream.id);
      const { issuer } = held.tokens ?? {};
      await this.record(tx, upstream.id, actor, { authorized: true, issuer, scope: scopeOf(held) });
      return { held };
    });
  }

  async forget(id: string): Promise<Nothing> {
    await this.upstreams.row(id);
    const actor = currentActor();
    await this.rows.inWorkspace(actor.workspaceId, async (tx) => {
      await this.rows.remove(tx, id);
      await this.upstreamRows.touch(tx, id);
      await this.record(tx, id, actor, { authorized: false });
    });
    return {};
  }

  private record(tx: EntityManager, id: string, actor: Actor, details: Record<string, unknown>): Promise<void> {
    const about = { resourceType: 'upstream', resourceId: id, details };
    return this.audit.record(tx, { actor, action: 'upstreams:write', outcome: 'done', ...about });
  }
}

function toAuthorization(id: string, row: AuthorizationRow | undefined): UpstreamAuthorization {
  if (!row) return { id, state: 'absent' };
  const { issuer, scope, wanted, authorized_at: at, expires_at: end } = row;
  return {
    id,
    state: wanted ? 'wanted' : at ? 'authorized' : 'absent',
    ...(issuer !== null && { issuer }),
    ...(scope !== null && { scopes: scope.split(' ') }),
    ...(wanted?.scope && { wantedScopes: wanted.scope.split(' ') }),
    ...(at && { authorizedAt: at.toISOString() }),
    ...(end && { expiresAt: end.toISOString() }),
  };
}
