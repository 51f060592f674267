import {
  auth,
  computeScopeUnion,
  discoverOAuthServerInfo,
  isStrictScopeSuperset,
  OAuthError,
  OAuthErrorCode,
  refreshAuthorization,
} from '@modelcontextprotocol/client';
import { CredentialsRefused } from '../connectors/upstream-fault.js';
import { authorizationFault } from './authorization-fault.js';
import type { AuthorizationChange } from './authorization.store.js';
import type { AuthorizedUpstream } from './authorized-upstream.js';
import { dpopSession } from './dpop.js';
import { isInteractive } from './grants.js';
import { scopeOf, type HeldAuthorization, type Wanted } from './held-authorization.js';
import { OAuthClient, type OAuthClientOptions } from './oauth-client.js';

/** Why a token is to be had anew: it ends soon, or the upstream refused it. */
export interface Challenge extends Wanted {
  status?: 401 | 403;
}

// One that is refused so soon after it came is not helped by another one.
const YOUNG_MS = 2_000;

/** New tokens, or what a person is wanted for. Throws ServiceError when nobody can help. */
export async function renewed(
  upstream: AuthorizedUpstream,
  held: HeldAuthorization,
  challenge: Challenge,
  options: OAuthClientOptions,
): Promise<AuthorizationChange> {
  const { status, ...wanted } = challenge;
  if (status === 403) {
    // What was asked for already is not there to be had.
    if (!isStrictScopeSuperset(wanted.scope, askedOf(held))) throw new CredentialsRefused(403);
    wanted.scope = computeScopeUnion(askedOf(held), wanted.scope);
  }
  const isYoung = status === 401 && Date.now() - (held.obtainedAt ?? 0) < YOUNG_MS;
  if (!isInteractive(upstream.setting)) {
    if (isYoung) throw new CredentialsRefused(401);
    return { held: await granted(upstream, held, wanted, options) };
  }
  return status === 403 || isYoung ? { held, wanted } : refreshed(upstream, held, wanted, options);
}

async function granted(
  { setting, url }: AuthorizedUpstream,
  held: HeldAuthorization,
  { scope, resourceMetadataUrl }: Wanted,
  options: OAuthClientOptions,
): Promise<HeldAuthorization> {
  const asked = computeScopeUnion(setting.scope, scope);
  const client = new OAuthClient(setting, { ...held }, options);
  await auth(client, {
    serverUrl: url,
    fetchFn: options.fetch,
    ...(asked && { scope: asked }),
    ...(resourceMetadataUrl && { resourceMetadataUrl: new URL(resourceMetadataUrl) }),
  }).catch((error: unknown) => Promise.reject(authorizationFault(error)));
  return { ...client.held, asked };
}

/** The scopes that were asked for or given: no use in asking for them again. */
function askedOf(held: HeldAuthorization): string | undefined {
  return computeScopeUnion(held.asked, scopeOf(held));
}

/** By the refresh token, at the authorization server that gave it. */
async function refreshed(
  { url }: AuthorizedUpstream,
  held: HeldAuthorization,
  wanted: Wanted,
  { fetch: fetchFn }: OAuthClientOptions,
): Promise<AuthorizationChange> {
  const { tokens, client, resource, dpop } = held;
  if (!tokens?.refresh_token || !client) return { held, wanted };
  try {
    const { authorizationServerUrl, authorizationServerMetadata } = await discoverOAuthServerInfo(url, {
      fetchFn,
      ...(wanted.resourceMetadataUrl && { resourceMetadataUrl: new URL(wanted.resourceMetadataUrl) }),
    });
    const issuer = authorizationServerMetadata?.issuer ?? authorizationServerUrl;
    // The upstream moved to another authorization server, which is to get nothing of this one's.
    if (issuer !== tokens.issuer || issuer !== client.issuer) return { held, wanted };
    const found = await refreshAuthorization(authorizationServerUrl, {
      metadata: authorizationServerMetadata,
      clientInformation: client,
      refreshToken: tokens.refresh_token,
      fetchFn,
      ...(resource !== undefined && { resource }),
      ...(dpop && { dpop: await dpopSession(dpop) }),
    });
    // What it does not say of the scopes is as it was.
    const next = { scope: tokens.scope, ...found, issuer };
    return { held: { ...held, tokens: next, obtainedAt: Date.now() } };
  } catch (error) {
    if (!isRefusal(error)) throw authorizationFault(error);
    // It is not tried a second time.
    const { refresh_token: _, ...rest } = tokens;
    return { held: { ...held, tokens: rest }, wanted };
  }
}

const refusals: readonly string[] = [
  OAuthErrorCode.InvalidGrant,
  OAuthErrorCode.InvalidClient,
  OAuthErrorCode.UnauthorizedClient,
];

function isRefusal(error: unknown): boolean {
  return error instanceof OAuthError && refusals.includes(error.code);
}
