/** Every process boots and stops the same way: settings, NATS, database, Nest, heartbeat, event relay, ordered stop. */
export { boundedLabel } from './bounded-label.js';
export { CoreConfig, DatabaseConfig, MigrateConfig } from './core.config.js';
export { EventRelay } from './event.relay.js';
export { Health } from './health.js';
export { IDENTITY, NATS, serviceActor, type Identity, type Nats } from './identity.js';
export { JsonLogger, redact } from './logger.js';
export { runService } from './run-service.js';
export type { Audit, HttpApplication, HttpDoor, Security, ServiceDefinition } from './service-definition.js';
export { SecretBox } from './secret-box.js';
export { ConfigError, loadConfig, Setting, settingsOf, type ConfigClass, type SettingDeclaration } from './settings.js';
