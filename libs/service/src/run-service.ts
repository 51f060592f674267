import { Global, Logger, Module, type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  AuthApi,
  DEFAULT_WORKSPACE_ID,
  SystemApi,
  type Actor,
  type AuditEntry,
  type Contract,
  type RpcContract,
  type ServiceError,
  type ServiceName,
  type Subscription,
} from '@scm/contracts';
import { Database, DeadLetterRepository, IdempotencyStore, migrate, type DatabaseDeclaration } from '@scm/database';
import {
  connectNats,
  MessagingClient,
  NatsTransport,
  RethrowFilter,
  type Authorize,
  type ContextSigner,
  type DeadLetter,
} from '@scm/messaging';
import { CoreConfig, DatabaseConfig, MigrateConfig } from './core.config.js';
import { EventRelay } from './event.relay.js';
import { Health } from './health.js';
import { IDENTITY, serviceActor, type Identity } from './identity.js';
import { JsonLogger } from './logger.js';
import { ConfigError, loadConfig, type ConfigClass } from './settings.js';
import { StatusHandler } from './status.handler.js';
import { flushTelemetry } from './telemetry.js';
import { version } from './version.js';

/** Proves who this service is and judges who calls it; @scm/policy makes it. */
export interface Security {
  signer: ContextSigner;
  authorize: Authorize;
}

/** Records denials, and brings the service's audit rows to auth. */
export interface Audit {
  relay: { start(): void; stop(): Promise<void> };
  recordDenial: (denial: { contract: RpcContract; actor?: Actor; error: ServiceError }) => Promise<void>;
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
  /** Durable messages of one consumer handled at once. */
  slots?: (config: object) => number;
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

/** Boots a service, or with the argument `migrate` brings its schema up to date; stops in order on SIGTERM or SIGINT. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  try {
    if (process.argv[2] === 'migrate') await migrateOnly(definition);
    else await boot(definition);
  } catch (error) {
    process.stderr.write(`${definition.name}: ${describe(error)}\n`);
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 1_000).unref();
  }
}

async function migrateOnly({ name, database }: ServiceDefinition): Promise<void> {
  if (!database) throw new ConfigError([`${name} has no schema to migrate`]);
  const [urls, owner] = loadConfig([DatabaseConfig, MigrateConfig], process.env);
  const applied = await migrate(database, {
    url: urls.databaseUrl,
    systemUrl: urls.databaseSystemUrl,
    ownerUrl: owner.databaseOwnerUrl,
  });
  process.stdout.write(`${name}: schema ${database.schema} is up to date (${applied.length} migrations applied)\n`);
}

async function boot(definition: ServiceDefinition): Promise<void> {
  const { name } = definition;
  const core = loadCore(definition);
  const identity: Identity = { service: name, instance: core.instanceId, version, startedAt: new Date().toISOString() };
  const logger = new JsonLogger({ service: name, instance: core.instanceId }, core.logLevel);
  Logger.overrideLogger(logger);
  const nc = await connectNats(core.natsUrl, `${name}-${core.instanceId}`);
  const database = definition.database && (await openDatabase(definition.database));
  let messaging: MessagingClient;
  const collector = serviceActor(name, DEFAULT_WORKSPACE_ID);
  const sendAudit = async (entries: AuditEntry[]) => {
    await messaging.request(AuthApi.collectAudit, { entries }, { as: collector });
  };
  const audit =
    database && definition.audit?.(name, database, sendAudit, (e) => logger.warn(`audit rows wait: ${String(e)}`));
  const security = definition.security(core, audit);
  messaging = new MessagingClient(nc, security.signer);
  const health = new Health(nc, database, core.heartbeatFile);
  const relay = database && new EventRelay(nc, messaging, name, database);
  const idempotency = database && new IdempotencyStore(database);
  const config = definition.config && loadConfig([definition.config], process.env)[0];
  const module = rootModule(definition, [
    { provide: IDENTITY, useValue: identity },
    { provide: MessagingClient, useValue: messaging },
    { provide: Health, useValue: health },
    { provide: CoreConfig, useValue: core },
    { provide: NATS, useValue: nc },
    ...(database
      ? [
          { provide: Database, useValue: database },
          { provide: EventRelay, useValue: relay },
        ]
      : []),
    ...(definition.config ? [{ provide: definition.config, useValue: config }] : []),
  ]);
  const transport = new NatsTransport({
    nc,
    service: name,
    claims: [...definition.claims, SystemApi.status],
    authorize: security.authorize,
    deadLetter: deadLetterOf(definition, database, messaging),
    idempotency,
    slots: config && definition.slots?.(config),
    drainMs: core.drainSeconds * 1_000,
  });
  await relay?.start();
  await health.start();
  audit?.relay.start();
  const app = await listen(definition, module, transport, logger);
  const sweep =
    idempotency && setInterval(() => void idempotency.sweep().catch((e: unknown) => logger.warn(String(e))), 3_600_000);
  onStop(core.drainSeconds * 1_000 + STOP_GRACE_MS, async () => {
    logger.log('stopping', name);
    health.stop();
    clearInterval(sweep);
    await app.application.close();
    await transport.close();
    await relay?.stop();
    await audit?.relay.stop();
    await nc.drain();
    await database?.close();
    await flushTelemetry();
  });
  logger.log(`ready in ${Math.round(performance.now())} ms`, name);
  process.send?.({ type: 'ready', service: name, ...(app.port && { port: app.port }) });
}

/** All settings are judged before anything is opened, so that every fault is shown at once. */
function loadCore({ config, database }: ServiceDefinition): CoreConfig {
  const wanted: ConfigClass[] = [CoreConfig, ...(database ? [DatabaseConfig] : []), ...(config ? [config] : [])];
  return loadConfig(wanted, process.env)[0] as CoreConfig;
}

async function openDatabase(declaration: DatabaseDeclaration): Promise<Database> {
  const [urls] = loadConfig([DatabaseConfig], process.env);
  return Database.open(declaration, { url: urls.databaseUrl, systemUrl: urls.databaseSystemUrl });
}

/** Injection token of the service's one NatsConnection; only code that needs a raw subscription asks for it. */
export const NATS = Symbol('scm.nats');
export type Nats = NatsConnection;

function rootModule(
  { module }: ServiceDefinition,
  providers: { provide: unknown; useValue: unknown }[],
): DynamicModule {
  class RootModule {}
  class CoreModule {}
  Global()(CoreModule);
  Module({})(CoreModule);
  Module({})(RootModule);
  const core = {
    module: CoreModule,
    providers: providers as never[],
    exports: providers.map((p) => p.provide) as never[],
  };
  return { module: RootModule, imports: [core, module], controllers: [StatusHandler] };
}

async function listen(
  { http }: ServiceDefinition,
  module: DynamicModule,
  strategy: NatsTransport,
  logger: JsonLogger,
): Promise<{ application: INestApplicationContext; port?: number }> {
  if (!http) {
    const application = await NestFactory.createMicroservice(module, { strategy, logger });
    application.useGlobalFilters(new RethrowFilter());
    await application.listen();
    return { application };
  }
  const application = await http.create(module, logger);
  application.connectMicroservice({ strategy }).useGlobalFilters(new RethrowFilter());
  await application.startAllMicroservices();
  return { application, port: await http.listen(application) };
}

function deadLetterOf(
  { deadLetter }: ServiceDefinition,
  database: Database | undefined,
  messaging: MessagingClient,
): (letter: DeadLetter) => Promise<void> {
  if (deadLetter) return (letter) => deadLetter(letter, messaging);
  if (!database) return async (letter) => Logger.error(`${letter.subject}: ${letter.reason}`, 'dead letter');
  const repository = new DeadLetterRepository(database);
  return (letter) => repository.add(letter);
}

/** How long a service may take to stop beyond the time its running work has. */
const STOP_GRACE_MS = 5_000;

function onStop(limitMs: number, stop: () => Promise<void>): void {
  let stopping: Promise<void> | undefined;
  const begin = (): void => {
    // Whatever it waits for, such as a NATS that is gone, must not keep it for ever.
    if (!stopping) setTimeout(() => process.exit(1), limitMs).unref();
    stopping ??= stop().catch((error: unknown) => {
      process.stderr.write(`${describe(error)}\n`);
      process.exitCode = 1;
    });
    void stopping.finally(() => {
      if (process.connected) process.disconnect();
      // What still holds the process open has had its time.
      setTimeout(() => process.exit(), 1_000).unref();
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, begin);
  process.on('disconnect', begin);
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
    begin();
  });
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
