export { createDatabase, type TestDatabase } from './database.js';
export { startMesh, type TestMesh, type TestService } from './mesh.js';
export { startNats, type TestNats } from './nats.js';
export { startOAuthUpstream, type OAuthUpstream } from './oauth-upstream.js';
export { startPostgres, type TestPostgres } from './postgres.js';
export { freePort, makeFolder, type TestServer } from './process.js';
export {
  runLauncher,
  startProduct,
  waitForRunFile,
  type Launched,
  type ProductRun,
  type TestProduct,
} from './product.js';
export { randomFrom } from './random.js';
export { startRedis, type TestRedis } from './redis.js';
export { skipUnless } from './skip.js';
export { waitFor, type WaitOptions } from './wait.js';
