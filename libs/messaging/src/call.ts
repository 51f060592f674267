import { AsyncLocalStorage } from 'node:async_hooks';
import { ServiceError, type Actor } from '@scm/contracts';

/** What travels with one call through every service it touches. */
export interface Call {
  /** Absent only for `public` contracts called without credentials. */
  readonly actor?: Actor;
  /** The signed context, passed on to the services that are called on the way. */
  readonly token?: string;
  readonly idempotencyKey?: string;
  /** When the caller stops waiting, in Unix milliseconds. */
  readonly deadline?: number;
  /** Aborts when the deadline passes or the service stops. */
  readonly signal: AbortSignal;
}

const storage = new AsyncLocalStorage<Call>();

export function runCall<T>(call: Call, work: () => T): T {
  return storage.run(call, work);
}

/** Runs `work` as part of the running call, but for what ends it. */
export function runCallUntil<T>(until: { readonly signal: AbortSignal }, work: () => T): T {
  // Inherited, not copied: the proof of a long call is renewed while it lasts.
  const call = Object.create(storage.getStore() ?? null, { signal: { get: () => until.signal } }) as Call;
  return storage.run(call, work);
}

export function currentCall(): Call | undefined {
  return storage.getStore();
}

/** The proved caller of the running handler; handlers of contracts that are not public always have one. */
export function currentActor(): Actor {
  const actor = storage.getStore()?.actor;
  if (!actor) throw new ServiceError('UNAUTHENTICATED', 'the caller is unknown');
  return actor;
}
