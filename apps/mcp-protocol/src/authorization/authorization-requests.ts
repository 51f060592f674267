import type { OAuthDiscoveryState, StoredOAuthClientInformation } from '@modelcontextprotocol/client';
import { Injectable } from '@nestjs/common';
import { ServiceError, type Actor } from '@scm/contracts';
import { UpstreamsRepository, type UpstreamRow } from '../upstreams/upstreams.repository.js';
import { noRequest } from './authorization-fault.js';
import { AuthorizationRequestsRepository } from './authorization-requests.repository.js';
import { AuthorizationSeals, type CallbackState } from './authorization-seals.js';

/** What was begun in a browser, with all that its end needs: whichever replica the browser comes back to. */
export interface AuthorizationRequest {
  /** Who began it. */
  actor: Actor;
  /** The upstream's address then. */
  url: string;
  verifier: string;
  asked?: string;
  discovery?: OAuthDiscoveryState;
  client?: StoredOAuthClientInformation;
}

const LIFETIME_MS = 10 * 60_000;

@Injectable()
export class AuthorizationRequests {
  constructor(
    private readonly rows: AuthorizationRequestsRepository,
    private readonly upstreams: UpstreamsRepository,
    private readonly seals: AuthorizationSeals,
  ) {}

  /** @returns until when it can be ended. */
  async add(
    upstream: Readonly<{ id: string; workspaceId: string }>,
    id: string,
    request: AuthorizationRequest,
  ): Promise<Date> {
    const expiresAt = new Date(Date.now() + LIFETIME_MS);
    const row = { id, upstream_id: upstream.id, sealed: this.seals.seal('request', id, request) };
    await this.upstreams.inWorkspace(upstream.workspaceId, (tx) =>
      this.rows.add(tx, upstream.workspaceId, row, expiresAt),
    );
    return expiresAt;
  }

  /** Once. Throws NOT_FOUND when it was taken, its time is over, or its upstream was removed. */
  async take({ workspaceId, requestId }: CallbackState): Promise<{ row: UpstreamRow; request: AuthorizationRequest }> {
    const { taken, row } = await this.upstreams.inWorkspace(workspaceId, async (tx) => {
      const found = await this.rows.take(tx, requestId);
      return { taken: found, row: found && (await this.upstreams.find(tx, found.upstream_id)) };
    });
    if (!taken) throw noRequest();
    if (!row) throw new ServiceError('NOT_FOUND', `no upstream ${taken.upstream_id}`);
    return { row, request: this.seals.open<AuthorizationRequest>('request', requestId, taken.sealed) };
  }
}
