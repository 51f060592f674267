import {
  createPrivateKeyJwtAuth,
  requestJwtAuthorizationGrant,
  type AddClientAuthentication,
  type FetchLike,
} from '@modelcontextprotocol/client';
import { ServiceError, type AuthorizationSetting } from '@scm/contracts';

/** For whom a grant is asked for: what discovery found. */
export interface GrantTarget {
  issuer?: string;
  resource?: string;
}

/** Whether a person has to be asked in a browser. */
export function isInteractive({ grant }: Pick<AuthorizationSetting, 'grant'>): boolean {
  return grant === 'authorization-code';
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The grant types of a client (RFC 7591). */
export function grantTypesOf({ grant }: AuthorizationSetting): string[] {
  if (grant === 'client-credentials') return ['client_credentials'];
  return grant === 'authorization-code' ? ['authorization_code', 'refresh_token'] : [JWT_BEARER];
}

/** The parameters of a token request that nobody is asked for; throws ServiceError when there is no target for them. */
export async function tokenRequestOf(
  setting: AuthorizationSetting,
  target: GrantTarget,
  fetchFn: FetchLike,
  scope?: string,
): Promise<URLSearchParams> {
  const asked = { ...(scope && { scope }) };
  if (setting.grant === 'client-credentials')
    return new URLSearchParams({ grant_type: 'client_credentials', ...asked });
  const assertion = setting.identity ? await idJagOf(setting.identity, target, fetchFn, scope) : setting.assertion;
  return new URLSearchParams({ grant_type: JWT_BEARER, assertion: assertion ?? '', ...asked });
}

/** Lets the identity provider vouch for the person at this authorization server (RFC 8693, ID-JAG). */
async function idJagOf(
  identity: NonNullable<AuthorizationSetting['identity']>,
  { issuer, resource }: GrantTarget,
  fetchFn: FetchLike,
  scope?: string,
): Promise<string> {
  if (!issuer || !resource)
    throw new ServiceError('FAILED_PRECONDITION', 'the upstream does not say what its authorization server is');
  const { jwtAuthGrant } = await requestJwtAuthorizationGrant({
    ...identity,
    audience: issuer,
    resource,
    fetchFn,
    ...(scope && { scope }),
  });
  return jwtAuthGrant;
}

/** How the client proves at the token endpoint who it is; undefined where a secret, or nothing, does. */
export function authenticationOf(setting: AuthorizationSetting): AddClientAuthentication | undefined {
  const { clientId, privateKey, algorithm = 'ES256' } = setting;
  if (!privateKey || !clientId) return undefined;
  return createPrivateKeyJwtAuth({ issuer: clientId, subject: clientId, privateKey, alg: algorithm });
}
