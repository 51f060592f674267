import { AsyncLocalStorage } from 'node:async_hooks';
import { v5, v7 } from 'uuid';

const NAMESPACE = '5d1f9e3a-8a50-4b0e-9f0a-3f6d9c1b2e77';

const derivation = new AsyncLocalStorage<{ seed: string; count: number }>();

/** A new record's id: time-ordered, or, within a call with an idempotency key, the same each time the call is repeated. */
export function newId(): string {
  const derived = derivation.getStore();
  return derived ? derivedId(`${derived.seed}#${derived.count++}`) : v7();
}

/** The same id for the same text. */
export function derivedId(text: string): string {
  return v5(text, NAMESPACE);
}

/** Runs `work` so that the ids it makes depend on the seed and their order alone. */
export function withDerivedIds<T>(seed: string, work: () => T): T {
  return derivation.run({ seed, count: 0 }, work);
}
