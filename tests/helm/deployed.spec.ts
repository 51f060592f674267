import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createDatabase,
  skipUnless,
  startNats,
  startRedis,
  waitFor,
  type TestDatabase,
  type TestServer,
} from '@scm/testing';
import { hasHelm, render, type Container, type PodSpec } from './helm.js';

const clone = path.join(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'scm-chart-'));
const isBuilt = (service: string): boolean => existsSync(path.join(clone, 'apps', service, 'dist/main.js'));

// Runs what the chart renders: each container's arguments, environment and mounted secrets, as a process of its own.
const deployed = hasHelm ? describe : (): void => undefined;
skipUnless(hasHelm, 'there is no helm on the PATH, and SCM_HELM names none')('helm is there', () => undefined);

type Secrets = Record<string, Record<string, string>>;

interface Running {
  service: string;
  child: ChildProcess;
  env: Record<string, string>;
  log: () => string;
}

deployed('the chart, deployed', () => {
  let database: TestDatabase;
  let nats: TestServer & { url: string };
  let redis: TestServer & { url: string };
  let secrets: Secrets;
  const running: Running[] = [];
  const manifests = render({
    bootstrapAdmin: { existingSecret: 'scm-bootstrap-admin' },
    gateway: { publicUrl: 'https://scm.test' },
  });
  const pods = (kind: string): PodSpec[] =>
    manifests.filter((manifest) => manifest.kind === kind).map((manifest) => manifest.spec.template?.spec as PodSpec);

  beforeAll(async () => {
    [database, nats, redis] = await Promise.all([createDatabase(), startNats(), startRedis()]);
    secrets = { ...madeSecrets(), ...backendSecrets(database, nats.url, redis.url) };
  });

  afterAll(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all([database.stop(), nats.stop(), redis.stop()]);
    rmSync(folder, { recursive: true });
  });

  it('migrates every schema', async () => {
    for (const pod of pods('Job')) {
      const containers = pod.containers.filter(({ args }) => isBuilt(String(args[0])));
      const jobs = containers.map((container) => start(pod, container, secrets));
      for (const { child, log } of jobs)
        expect([await exitCodeOf(child), log()]).toEqual([0, expect.stringMatching(/up to date/)]);
    }
  }, 60_000);

  it('starts every service with what it is given, and the probe sees it', async () => {
    const containers = pods('Deployment').map((pod) => ({ pod, container: pod.containers[0] as Container }));
    const built = containers.filter(({ container }) => isBuilt(container.name));
    running.push(...built.map(({ pod, container }) => start(pod, container, secrets)));
    await Promise.all(running.map(becomesReady));
    for (const { service, env } of running) {
      if (service !== 'gateway') await waitFor(() => probe(env) === 0, { what: `the heartbeat of ${service}` });
    }
    expect(running.length).toBeGreaterThan(0);
  }, 90_000);

  it('stops every service in order', async () => {
    for (const { child } of running) child.kill('SIGTERM');
    for (const { service, child, log } of running) {
      const code = await exitCodeOf(child);
      if (code !== 0) throw new Error(`${service} ended with ${code}: ${log()}`);
    }
  }, 60_000);
});

function start(pod: PodSpec, { args, env }: Container, secrets: Secrets): Running {
  const service = String(args[0]);
  const mount = path.join(folder, args.join('-'));
  mkdirSync(mount);
  for (const { secret } of pod.volumes.flatMap(({ projected }) => projected?.sources ?? [])) {
    for (const { key, path: file } of secret.items) {
      // A schema whose service is not built has no secrets here; its container does not run.
      writeFileSync(path.join(mount, file), secrets[secret.name]?.[key] ?? '', { mode: 0o600 });
    }
  }
  const declared = Object.fromEntries(env.map(({ name, value }) => [name, inSandbox(value ?? service, mount)]));
  // One machine stands for all pods here, so the gateway's port is the kernel's choice.
  const processEnv = { ...declared, ...(service === 'gateway' && { SCM_HOST: '127.0.0.1', SCM_PORT: '0' }) };
  const child = fork(path.join(clone, 'deploy/entrypoint.mjs'), args, { env: processEnv, silent: true, cwd: clone });
  let log = '';
  child.stdout?.on('data', (chunk) => (log += String(chunk)));
  child.stderr?.on('data', (chunk) => (log += String(chunk)));
  return { service, child, env: processEnv, log: () => log };
}

/** The mounts of the container are folders of this test. */
const inSandbox = (value: string, mount: string): string => value.replace(/^\/(run\/secrets\/scm|tmp)\//, `${mount}/`);

async function becomesReady({ service, child, log }: Running): Promise<void> {
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${service} ended: ${log()}`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
  expect(message).toMatchObject({ type: 'ready', service });
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

function probe(env: Record<string, string>): number | null {
  return spawnSync(process.execPath, [path.join(clone, 'deploy/probe.mjs'), '10'], { env }).status;
}

/** What `deploy/make-secrets.mjs` prints. */
function madeSecrets(): Secrets {
  const script = path.join(clone, 'deploy/make-secrets.mjs');
  const { stdout } = spawnSync(process.execPath, [script, '--admin', 'root'], { encoding: 'utf8' });
  const { items } = JSON.parse(stdout) as {
    items: { metadata: { name: string }; stringData: Record<string, string> }[];
  };
  return Object.fromEntries(items.map(({ metadata, stringData }) => [metadata.name, stringData]));
}

/** What an operator writes for the three backends. */
function backendSecrets(database: TestDatabase, natsUrl: string, redisUrl: string): Secrets {
  const services = ['auth', 'metrics-ingest', 'workflow-orchestrator', 'mcp-protocol', 'notifier'];
  const urls = services.flatMap((service) => {
    const role = `chart_${service.replace('-', '_')}`;
    return [
      [`${service}-url`, database.urlFor(role, 'request')],
      [`${service}-system-url`, database.urlFor(`${role}_system`, 'system')],
    ] as const;
  });
  return {
    'scm-nats': { url: natsUrl },
    'scm-redis': { url: redisUrl },
    'scm-postgres': Object.fromEntries(urls),
    'scm-postgres-owner': { url: database.url },
  };
}
