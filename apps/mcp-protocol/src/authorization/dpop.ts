import type { webcrypto } from 'node:crypto';
import { DpopSession, generateDpopKeyPair } from '@modelcontextprotocol/client';

const ALGORITHM = 'ES256';
const importing = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** The key that tokens are bound to, so that nobody else can use them (RFC 9449). */
export interface DpopKey {
  privateJwk: webcrypto.JsonWebKey;
  publicJwk: webcrypto.JsonWebKey;
  thumbprint: string;
}

/** Whether an authorization server, by its metadata, binds tokens to keys of this kind. */
export function bindsTokens(metadata: object | undefined): boolean {
  const { dpop_signing_alg_values_supported: algorithms } = (metadata ?? {}) as Record<string, unknown>;
  return Array.isArray(algorithms) && algorithms.includes(ALGORITHM);
}

export async function newDpopKey(): Promise<DpopKey> {
  const { privateKey, publicJwk, thumbprint } = await generateDpopKeyPair({ alg: ALGORITHM, extractable: true });
  const privateJwk = await crypto.subtle.exportKey('jwk', privateKey);
  return { privateJwk, publicJwk: publicJwk as webcrypto.JsonWebKey, thumbprint };
}

/** With the nonces that servers give to it: whoever sends more than once keeps it. */
export async function dpopSession({ privateJwk, publicJwk, thumbprint }: DpopKey): Promise<DpopSession> {
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', privateJwk, importing, false, ['sign']),
    crypto.subtle.importKey('jwk', publicJwk, importing, true, ['verify']),
  ]);
  return DpopSession.create({ keyPair: { privateKey, publicKey, publicJwk, thumbprint, alg: ALGORITHM } });
}
