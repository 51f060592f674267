import type { Actor, RpcContract } from '@scm/contracts';
import { ContextSigner } from './context-signer.js';
import { ContextVerifier } from './context-verifier.js';
import { Policy } from './policy.js';

export interface ContextKeys {
  /** Ed25519 private JWK of the service. */
  contextPrivateKey: string;
  /** JWKS with the public keys of all services. */
  contextPublicKeys: string;
}

export interface MeshSecurity {
  signer: ContextSigner;
  /** Proves the caller by its signed context and lets the call pass, or throws UNAUTHENTICATED or PERMISSION_DENIED. */
  authorize: (contract: Pick<RpcContract, 'access'>, token: string | undefined) => Promise<Actor | undefined>;
}

/** How a service of the mesh says who it is and judges who calls it. Throws when a key is not what it should be. */
export function meshSecurity(keys: ContextKeys, policy = new Policy()): MeshSecurity {
  const verifier = new ContextVerifier(keys.contextPublicKeys);
  return {
    signer: new ContextSigner(keys.contextPrivateKey),
    authorize: async ({ access }, token) => {
      const actor = token === undefined ? undefined : await verifier.verify(token);
      policy.authorize(access, actor);
      return actor;
    },
  };
}
