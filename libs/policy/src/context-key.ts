import type { JsonWebKey, KeyObject } from 'node:crypto';
import { services, type ServiceName } from '@scm/contracts';

export const CONTEXT_TYPE = 'scm-context';
export const contextLifetimeSeconds = 60;

export interface ContextKey {
  service: ServiceName;
  key: KeyObject;
}

/** Reads one Ed25519 JWK of the mesh; throws naming what is wrong with it. */
export function contextKey(jwk: unknown, create: (input: { key: JsonWebKey; format: 'jwk' }) => KeyObject): ContextKey {
  if (!isObject(jwk)) throw new TypeError('A context key is a JWK object');
  const service = services.find((name) => name === jwk['kid']);
  if (service === undefined) throw new TypeError(`A context key's kid is a service name, not ${String(jwk['kid'])}`);
  const key = create({ key: jwk, format: 'jwk' });
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`The context key of ${service} is not an Ed25519 key`);
  return { service, key };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
