import { ServiceError, type Actor, type CallContract } from '@scm/contracts';
import { ContextSigner } from './context-signer.js';
import { ContextVerifier } from './context-verifier.js';
import { Policy } from './policy.js';

/** A refused call, for the audit. */
export interface Denial {
  contract: CallContract;
  /** Absent when the caller could not be proved. */
  actor?: Actor;
  error: ServiceError;
}

export interface MeshSecurity {
  signer: ContextSigner;
  verifier: ContextVerifier;
  policy: Policy;
  /** Judges one call by its contract's access; throws UNAUTHENTICATED or PERMISSION_DENIED. */
  authorize: (contract: CallContract, token: string | undefined) => Promise<Actor | undefined>;
}

/** What a service needs to prove who it is and to judge who calls it. A denial is handed to `onDenied` before it is thrown. */
export function meshSecurity(
  keys: { contextPrivateKey: string; contextPublicKeys: string },
  onDenied: (denial: Denial) => Promise<void> = async () => {},
): MeshSecurity {
  const verifier = new ContextVerifier(keys.contextPublicKeys);
  const policy = new Policy();
  const authorize = async (contract: CallContract, token: string | undefined): Promise<Actor | undefined> => {
    let actor: Actor | undefined;
    try {
      actor = token === undefined ? undefined : await verifier.verify(token);
      policy.authorize(contract.access, actor);
      return actor;
    } catch (error) {
      if (error instanceof ServiceError) await onDenied({ contract, actor, error });
      throw error;
    }
  };
  return { signer: new ContextSigner(keys.contextPrivateKey), verifier, policy, authorize };
}
