/** Who may do what: the signed context that names a call's actor, and the one policy that judges every call. */
export { ContextSigner } from './context-signer.js';
export { ContextVerifier } from './context-verifier.js';
export { meshSecurity, type Denial, type MeshSecurity } from './mesh-security.js';
export { perActor } from './per-actor.js';
export { Policy, type Decision, type Question, type Resource } from './policy.js';
