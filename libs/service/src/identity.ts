import type { NatsConnection } from '@nats-io/transport-node';
import type { Actor, ServiceName } from '@scm/contracts';

/** Injection token of the running replica's Identity. */
export const IDENTITY = Symbol('scm.identity');

/** Injection token of the service's one NatsConnection; only code that needs a raw subscription asks for it. */
export const NATS = Symbol('scm.nats');
export type Nats = NatsConnection;

export interface Identity {
  readonly service: ServiceName;
  readonly instance: string;
  readonly version: string;
  readonly startedAt: string;
}

/** The service itself as the caller, in one workspace. */
export function serviceActor(service: ServiceName, workspaceId: string, onBehalfOf?: string): Actor {
  return { kind: 'service', id: service, name: service, workspaceId, ...(onBehalfOf && { onBehalfOf }) };
}
