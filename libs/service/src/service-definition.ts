import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import type {
  Actor,
  AuditEntry,
  Contract,
  CallContract,
  ServiceError,
  ServiceName,
  Subscription,
} from '@scm/contracts';
import type { Database, DatabaseDeclaration, OwedEvent, ReplySeal } from '@scm/database';
import type {
  Authorize,
  ContextSigner,
  DeadLetter,
  MessagingClient,
  NatsTransport,
  RethrowFilter,
} from '@scm/messaging';
import type { CoreConfig } from './core.config.js';
import type { JsonLogger } from './logger.js';
import type { ConfigClass } from './settings.js';

/** Proves who this service is and judges who calls it; @scm/policy makes it. */
export interface Security {
  signer: ContextSigner;
  authorize: Authorize;
}

/** Records denials, and brings the service's audit rows to auth. */
export interface Audit {
  relay: { start(): void; stop(): Promise<void> };
  recordDenial: (denial: { contract: CallContract; actor?: Actor; error: ServiceError }) => Promise<void>;
}

export interface ServiceDefinition {
  name: ServiceName;
  module: Type;
  /** The service's own settings, injected by class. */
  config?: ConfigClass;
  /** Every contract and subscription it answers for: exactly one handler each, or no boot. */
  claims: readonly (Contract | Subscription)[];
  database?: DatabaseDeclaration;
  security: (keys: CoreConfig, audit: Audit | undefined) => Security;
  /** Made by @scm/audit for a service with a database. */
  audit?: (
    service: ServiceName,
    database: Database,
    send: (entries: AuditEntry[]) => Promise<void>,
    onError: (error: unknown) => void,
  ) => Audit;
  /** Seals replies kept for repeated calls and messages nobody could handle, for a service in which they hold secrets. */
  seal?: (config: object) => ReplySeal;
  /** Opens the payload of an owed event, for a service that seals them until they are published. */
  openOwed?: (config: object, database: Database) => (event: OwedEvent) => Promise<object>;
  /** Durable messages of one consumer handled at once. */
  slots?: (config: object) => number;
  /** How many of these slots a message takes; 1 unless said. */
  costOf?: (payload: object) => number;
  /** Where unhandled durable messages go; a service with a database keeps them there. */
  deadLetter?: (letter: DeadLetter, messaging: MessagingClient) => Promise<void>;
  /** The gateway alone: makes the HTTP application and opens its port. */
  http?: HttpDoor;
}

export interface HttpDoor {
  create: (module: DynamicModule, logger: JsonLogger) => Promise<HttpApplication>;
  /** Resolves with the bound port. */
  listen: (app: HttpApplication) => Promise<number>;
}

export type HttpApplication = INestApplicationContext & {
  connectMicroservice(options: { strategy: NatsTransport }): { useGlobalFilters(filter: RethrowFilter): unknown };
  startAllMicroservices(): Promise<unknown>;
};
