import { randomUUID } from 'node:crypto';
import { auth, computeScopeUnion, validateAuthorizationResponseIssuer } from '@modelcontextprotocol/client';
import { Injectable } from '@nestjs/common';
import { invalidField, ServiceError, type AuthorizationAnswer, type AuthorizationBegun } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { UpstreamHealthCheck } from '../federation/upstream-health-check.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { authorizationFault } from './authorization-fault.js';
import { AuthorizationRequests, type AuthorizationRequest } from './authorization-requests.js';
import { AuthorizationSeals } from './authorization-seals.js';
import { AuthorizationStore } from './authorization.store.js';
import { authorizedUpstream, type AuthorizedUpstream } from './authorized-upstream.js';
import { AuthorizationsService } from './authorizations.service.js';
import { isInteractive } from './grants.js';
import type { Wanted } from './held-authorization.js';
import { OAuthClient } from './oauth-client.js';
import { OAuthOptions } from './oauth-options.js';

/** The way of a person's browser to the authorization server and back: authorization code with PKCE. */
@Injectable()
export class AuthorizationFlow {
  constructor(
    private readonly upstreams: UpstreamsService,
    private readonly checks: UpstreamHealthCheck,
    private readonly authorizations: AuthorizationsService,
    private readonly requests: AuthorizationRequests,
    private readonly store: AuthorizationStore,
    private readonly seals: AuthorizationSeals,
    private readonly options: OAuthOptions,
  ) {}

  async begin(id: string): Promise<AuthorizationBegun> {
    const upstream = authorizedUpstream(await this.upstreams.row(id), this.seals);
    if (!upstream || !isInteractive(upstream.setting))
      throw new ServiceError('FAILED_PRECONDITION', 'nobody has to authorize this upstream in a browser');
    const { setting, url, workspaceId } = upstream;
    const wanted = await this.wantedOf(upstream);
    const asked = computeScopeUnion(setting.scope, wanted.scope);
    const requestId = randomUUID();
    const { client: known } = await this.store.held(upstream);
    const client = new OAuthClient(
      setting,
      { client: known },
      { ...this.options.of(setting), state: this.seals.sealState({ workspaceId, requestId }) },
    );
    const to = await this.browserUrl(client, upstream, asked, wanted.resourceMetadataUrl);
    const expiresAt = await this.requests.add(upstream, requestId, {
      actor: currentActor(),
      url,
      verifier: client.verifier,
      asked: to.searchParams.get('scope') ?? undefined,
      discovery: client.discovery,
      client: client.held.client,
    });
    return { id, url: to.href, expiresAt: expiresAt.toISOString() };
  }

  /** @returns whose it is now. Throws NOT_FOUND for a state that is not, or no longer, one of ours. */
  async complete(answer: AuthorizationAnswer): Promise<AuthorizedUpstream> {
    const { row, request } = await this.requests.take(this.seals.openState(answer.state));
    const upstream = authorizedUpstream(row, this.seals);
    if (!upstream || upstream.url !== request.url)
      throw new ServiceError('FAILED_PRECONDITION', 'the upstream was changed since: begin again');
    const code = codeIn(answer, request);
    const { setting } = upstream;
    const { client: known, verifier, discovery, asked } = request;
    const client = new OAuthClient(
      setting,
      { client: known },
      { ...this.options.of(setting), verifier, ...(discovery && { discovery }) },
    );
    await auth(client, {
      serverUrl: upstream.url,
      authorizationCode: code,
      fetchFn: this.options.of(setting).fetch,
      ...(answer.iss !== undefined && { iss: answer.iss }),
      ...(asked !== undefined && { scope: asked }),
    }).catch((error: unknown) => Promise.reject(authorizationFault(error)));
    await this.authorizations.take(upstream, { ...client.held, asked }, request.actor);
    return upstream;
  }

  /** What it said when it refused; it is asked now when nobody asked it before. */
  private async wantedOf(upstream: AuthorizedUpstream): Promise<Wanted> {
    const known = await this.authorizations.wanted(upstream);
    if (known) return known;
    await this.checks.check(upstream.id);
    return (await this.authorizations.wanted(upstream)) ?? {};
  }

  private async browserUrl(
    client: OAuthClient,
    { url, setting }: AuthorizedUpstream,
    scope: string | undefined,
    metadataUrl: string | undefined,
  ): Promise<URL> {
    await auth(client, {
      serverUrl: url,
      forceReauthorization: true,
      fetchFn: this.options.of(setting).fetch,
      ...(scope && { scope }),
      ...(metadataUrl && { resourceMetadataUrl: new URL(metadataUrl) }),
    }).catch((error: unknown) => Promise.reject(authorizationFault(error)));
    if (!client.authorizationUrl) throw new TypeError('the official client named no address');
    return client.authorizationUrl;
  }
}

/** Throws FAILED_PRECONDITION for a refusal, once it is sure whose it is (RFC 9207). */
function codeIn(
  { code, iss, error, error_description: text }: AuthorizationAnswer,
  { discovery }: AuthorizationRequest,
): string {
  if (code !== undefined) return code;
  if (error === undefined) throw invalidField('code', 'is missing');
  const metadata = discovery?.authorizationServerMetadata;
  try {
    validateAuthorizationResponseIssuer({
      iss,
      expectedIssuer: metadata?.issuer,
      issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
    });
  } catch (mismatch) {
    throw authorizationFault(mismatch);
  }
  throw new ServiceError(
    'FAILED_PRECONDITION',
    `the authorization server refused: ${error}${text ? ` (${text})` : ''}`,
  );
}
