import { createPrivateKey } from 'node:crypto';
import { invalidField, type AuthorizationSetting, type AuthorizationSummary } from '@scm/contracts';
import { checkUrl } from './target-checks.js';

/** Throws INVALID_ARGUMENT for a setting that cannot work, by its field. */
export function checkAuthorization(setting: AuthorizationSetting, headerNames: readonly string[]): void {
  const { grant, clientId, clientSecret, privateKey, assertion, identity, issuer } = setting;
  const refuse = (field: string, why: string): never => {
    throw invalidField(`authorization.${field}`, why);
  };
  if (grant === 'none') return;
  if (headerNames.some((name) => name.toLowerCase() === 'authorization'))
    throw invalidField('headers', 'hold an authorization already');
  if ((clientSecret || privateKey) && !clientId) refuse('clientId', 'is missing');
  if (clientSecret && privateKey) refuse('privateKey', 'stands beside a secret: one of them is enough');
  if (privateKey && !isPrivateKey(privateKey)) refuse('privateKey', 'is not a private key in PEM');
  if (grant !== 'authorization-code' && !clientId) refuse('clientId', 'is missing');
  if (grant === 'client-credentials' && !clientSecret && !privateKey) refuse('clientSecret', 'is missing');
  if ((grant === 'identity-assertion') !== (identity !== undefined))
    refuse('identity', identity ? `does not belong to ${grant}` : 'is missing');
  if ((grant === 'jwt-bearer') !== (assertion !== undefined))
    refuse('assertion', assertion ? `does not belong to ${grant}` : 'is missing');
  if (issuer) checkUrl(issuer, 'authorization.issuer');
  if (identity) checkUrl(identity.tokenEndpoint, 'authorization.identity.tokenEndpoint');
}

/** What anybody may see of it. */
export function summaryOf({ grant, clientId, scope, issuer }: AuthorizationSetting): AuthorizationSummary {
  return { grant, ...(clientId && { clientId }), ...(scope && { scope }), ...(issuer && { issuer }) };
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}
