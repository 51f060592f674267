/** Every process boots and stops the same way: settings, NATS, database, Nest, heartbeat, event relay, ordered stop. */
export { CoreConfig, DatabaseConfig, MigrateConfig } from './core.config.js';
export { EventRelay } from './event.relay.js';
export { Health } from './health.js';
export { IDENTITY, serviceActor, type Identity } from './identity.js';
export { JsonLogger, redact } from './logger.js';
export {
  NATS,
  runService,
  type HttpApplication,
  type HttpDoor,
  type Nats,
  type Security,
  type ServiceDefinition,
} from './run-service.js';
export { SecretBox } from './secret-box.js';
export { ConfigError, loadConfig, Setting, settingsOf, type ConfigClass, type SettingDeclaration } from './settings.js';
