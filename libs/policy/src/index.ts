export { ContextSigner } from './context-signer.js';
export { ContextVerifier } from './context-verifier.js';
export { Policy, type Decision, type Question, type Resource } from './policy.js';
