import { roles, type Actor, type ServiceName } from '@scm/contracts';
import type { JWTPayload } from 'jose';

// The doors that prove people's credentials; any other service can only speak for itself.
const mayNamePeople: readonly ServiceName[] = ['gateway', 'auth'];

/** Reads the actor out of verified claims; throws when a claim is malformed or is not the issuer's to make. */
export function actorOf(claims: JWTPayload, issuer: ServiceName): Actor {
  const kind = oneOf(claims, 'kind', ['user', 'api-key', 'service'] as const);
  const actor: Actor = {
    kind,
    id: text(claims, 'id'),
    name: text(claims, 'name'),
    workspaceId: text(claims, 'workspaceId'),
  };
  if (claims['role'] !== undefined) actor.role = oneOf(claims, 'role', roles);
  if (claims['sessionId'] !== undefined) actor.sessionId = text(claims, 'sessionId');
  if (claims['onBehalfOf'] !== undefined) actor.onBehalfOf = text(claims, 'onBehalfOf');
  assertOwnClaim(actor, issuer);
  return actor;
}

function assertOwnClaim(actor: Actor, issuer: ServiceName): void {
  if (actor.kind !== 'service') {
    if (!mayNamePeople.includes(issuer)) throw new Error(`${issuer} may not name a ${actor.kind}`);
  } else if (actor.id !== issuer) {
    throw new Error(`${issuer} may not speak as ${actor.id}`);
  } else if (actor.role !== undefined) {
    throw new Error('A service has no role');
  }
}

function text(claims: JWTPayload, name: string): string {
  const value = claims[name];
  if (typeof value !== 'string' || value === '') throw new Error(`The claim ${name} is not a text`);
  return value;
}

function oneOf<T extends string>(claims: JWTPayload, name: string, allowed: readonly T[]): T {
  const value = allowed.find((item) => item === claims[name]);
  if (value === undefined) throw new Error(`The claim ${name} is not one of ${allowed.join(', ')}`);
  return value;
}
