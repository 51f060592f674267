import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from './database.js';
import { startNats, type TestNats } from './nats.js';

/** The schema of each service that has one. */
const schemas: Record<string, string> = {
  auth: 'auth',
  'metrics-ingest': 'metrics',
  'workflow-orchestrator': 'workflow',
  'mcp-protocol': 'mcp',
  notifier: 'notify',
};

const names = [...Object.keys(schemas), 'gateway', 'step-workers'];
const root = join(import.meta.dirname, '../../..');

/** One built service as a process. */
export interface TestService {
  readonly pid: number;
  /** The port of a gateway. */
  readonly port?: number;
  /** What it printed so far, standard output and error together. */
  log(): string;
  /** Asks it to stop and waits until it has; gives its exit code. */
  stop(): Promise<number | null>;
  /** Ends it without warning. */
  kill(): Promise<void>;
}

/** NATS and a database of a suite's own, and the built services on them. */
export interface TestMesh {
  readonly nats: TestNats;
  readonly database: TestDatabase;
  /** The private context key of a service, as JWK text: with the gateway's a test signs for users. */
  contextKey(service: string): string;
  /** Everyone's public context keys, as JWKS text. */
  readonly contextPublicKeys: string;
  /** Brings the service's schema up to date, if it has one, and starts one replica. */
  start(service: string, env?: NodeJS.ProcessEnv): Promise<TestService>;
  /** The database of one service as one of its two roles. */
  databaseUrl(service: string, role: 'request' | 'system'): string;
  /** Stops the services, then NATS and the database. */
  stop(): Promise<void>;
}

export async function startMesh(): Promise<TestMesh> {
  const [nats, database] = await Promise.all([startNats(), createDatabase()]);
  const keys = makeKeys();
  const password = randomBytes(12).toString('hex');
  const suite = randomBytes(4).toString('hex');
  const running = new Set<TestService>();
  const migrated = new Set<string>();
  const encryptionKey = randomBytes(32).toString('base64url');
  // Roles belong to the whole server, so each suite has its own.
  const databaseUrl = (service: string, role: 'request' | 'system') =>
    database.urlFor(`scm_${schemas[service]}_${role}_${suite}`, password);

  const environment = (service: string): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: join(root, '.scm/compiled'),
    SCM_NATS_URL: nats.url,
    SCM_CONTEXT_PRIVATE_KEY: keys.privateKeys[service],
    SCM_CONTEXT_PUBLIC_KEYS: keys.publicKeys,
    SCM_ENCRYPTION_KEY: encryptionKey,
    ...(schemas[service] && {
      SCM_DATABASE_URL: databaseUrl(service, 'request'),
      SCM_DATABASE_SYSTEM_URL: databaseUrl(service, 'system'),
    }),
  });

  return {
    nats,
    database,
    databaseUrl,
    contextPublicKeys: keys.publicKeys,
    contextKey: (service) => keys.privateKeys[service] ?? '',
    async start(service, env = {}) {
      const all = { ...environment(service), ...env };
      if (schemas[service] && !migrated.has(service)) {
        await migrate(service, { ...all, SCM_DATABASE_OWNER_URL: database.url });
        migrated.add(service);
      }
      const started = await startService(service, all);
      running.add(started);
      return started;
    },
    async stop() {
      await Promise.all([...running].map((service) => service.stop()));
      await Promise.all([nats.stop(), database.stop()]);
    },
  };
}

async function startService(service: string, env: NodeJS.ProcessEnv): Promise<TestService> {
  const { child, output } = launch(service, env, []);
  const ready = new Promise<{ port?: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port?: number }));
    child.once('exit', (code) => reject(new Error(`${service} ended with ${code}: ${output()}`)));
  });
  const { port } = await ready;
  return {
    pid: child.pid ?? 0,
    ...(port && { port }),
    log: output,
    stop: () => end(child, 'SIGTERM'),
    kill: async () => void (await end(child, 'SIGKILL')),
  };
}

async function migrate(service: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { child, output } = launch(service, env, ['migrate']);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${service} migrate ended with ${code}: ${output()}`);
}

function launch(
  service: string,
  env: NodeJS.ProcessEnv,
  args: string[],
): { child: ChildProcess; output: () => string } {
  const main = join(root, 'apps', service, 'dist/main.js');
  const telemetry = join(root, 'libs/service/dist/telemetry.js');
  const child = spawn(process.execPath, ['--import', telemetry, main, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (text += data.toString()));
  return { child, output: () => text };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit') as Promise<[number | null]>;
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
  const [code] = await exited;
  clearTimeout(force);
  return code;
}

function makeKeys(): { privateKeys: Record<string, string>; publicKeys: string } {
  const jwks = names.map((kid) => ({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid }));
  return {
    privateKeys: Object.fromEntries(jwks.map((jwk) => [jwk.kid, JSON.stringify(jwk)])),
    publicKeys: JSON.stringify({ keys: jwks.map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid })) }),
  };
}
