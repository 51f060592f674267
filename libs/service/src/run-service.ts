import { Global, Logger, Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthApi, DEFAULT_WORKSPACE_ID, SystemApi, type AuditEntry } from '@scm/contracts';
import {
  Database,
  DeadLetterRepository,
  IdempotencyStore,
  migrate,
  type DatabaseDeclaration,
  type ReplySeal,
} from '@scm/database';
import { connectNats, MessagingClient, NatsTransport, RethrowFilter, type DeadLetter } from '@scm/messaging';
import { CoreConfig, DatabaseConfig, MigrateConfig } from './core.config.js';
import { EventRelay } from './event.relay.js';
import { Health } from './health.js';
import { IDENTITY, NATS, serviceActor, type Identity } from './identity.js';
import { JsonLogger } from './logger.js';
import { describeError, endWithStarter, onStop } from './on-stop.js';
import type { ServiceDefinition } from './service-definition.js';
import { ConfigError, loadConfig, type ConfigClass } from './settings.js';
import { StatusHandler } from './status.handler.js';
import { flushTelemetry } from './telemetry.js';
import { version } from './version.js';

/** Boots a service, or with the argument `migrate` brings its schema up to date; stops in order on SIGTERM or SIGINT. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  try {
    if (process.argv[2] === 'migrate') await migrateOnly(definition);
    else await boot(definition);
  } catch (error) {
    process.stderr.write(`${definition.name}: ${describeError(error)}\n`);
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
  const undoEnd = endWithStarter();
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
  const config = definition.config && loadConfig([definition.config], process.env)[0];
  const openOwed = config && database && definition.openOwed?.(config, database);
  const relay = database && new EventRelay(nc, messaging, name, database, openOwed);
  const seal = config && definition.seal?.(config);
  const idempotency = database && new IdempotencyStore(database, seal);
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
    instance: identity.instance,
    claims: [...definition.claims, SystemApi.status],
    authorize: security.authorize,
    deadLetter: deadLetterOf(definition, database, messaging, seal),
    idempotency,
    slots: config && definition.slots?.(config),
    costOf: definition.costOf,
    drainMs: core.drainSeconds * 1_000,
  });
  await relay?.start();
  await health.start();
  audit?.relay.start();
  const app = await listen(definition, module, transport, logger);
  const sweep =
    idempotency && setInterval(() => void idempotency.sweep().catch((e: unknown) => logger.warn(String(e))), 3_600_000);
  undoEnd();
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
  seal: ReplySeal | undefined,
): (letter: DeadLetter) => Promise<void> {
  if (deadLetter) return (letter) => deadLetter(letter, messaging);
  if (!database) return async (letter) => Logger.error(`${letter.subject}: ${letter.reason}`, 'dead letter');
  const repository = new DeadLetterRepository(database, seal);
  return (letter) => repository.add(letter);
}

/** How long a service may take to stop beyond the time its running work has. */
const STOP_GRACE_MS = 5_000;
