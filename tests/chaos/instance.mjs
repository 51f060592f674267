import { migrate, migrationsAreStale } from '../../tools/launcher/migrate.mjs';
import { startMesh, stopMesh } from '../../tools/launcher/mesh.mjs';
import { startService } from '../../tools/launcher/service-process.mjs';
import { restClient } from '../../tools/launcher/rest.mjs';
import { loadSecrets } from '../../tools/launcher/secrets.mjs';
import { seed } from '../../tools/launcher/seed.mjs';
import { supervise } from '../../tools/launcher/supervise.mjs';
import { waitUntil } from '../../tools/launcher/wait.mjs';
import { startBackends, stopBackends } from '../../tools/provision/backends.mjs';
import { signalAll, treeOf } from './processes.mjs';

/**
 * The seven services and their stores as `npm start` runs them, each started again when it ends, with a hand on each:
 * `processes` by name can be killed, paused and held down. `replicas` says how many there are of step-workers and of
 * workflow-orchestrator, if not one.
 */
export async function startInstance({ clone, folder, signal, log = () => {}, replicas = {} }) {
  const running = new AbortController();
  const stack = new AsyncDisposableStack();
  const processes = {};
  const stop = async () => {
    running.abort();
    for (const handle of Object.values(processes)) handle.resume();
    await stack.disposeAsync();
  };
  /** Ends everything at once, stopped or not, as a loss of power does. */
  const cutOff = async () => {
    running.abort();
    for (const handle of Object.values(processes)) handle.kill();
    await stack.disposeAsync();
  };
  try {
    const secrets = loadSecrets(folder);
    const backends = await startBackends({ clone, folder, secrets, env: {} });
    stack.defer(() => stopBackends(backends));
    const instance = { clone, folder, gateway: { host: '127.0.0.1', port: 0 }, secrets, backends };
    if (migrationsAreStale(instance)) await migrate(instance);
    signal.throwIfAborted();
    const mesh = await startMesh(instance, { 'step-workers': replicas['step-workers'] });
    for (let n = 2; n <= (replicas['workflow-orchestrator'] ?? 1); n++)
      mesh.push(await startService(`workflow-orchestrator-${n}`, 'workflow-orchestrator', instance));
    stack.defer(() => stopMesh(mesh));
    const gatewayUrl = `http://127.0.0.1:${mesh.find(({ service }) => service === 'gateway').port}`;
    await waitUntil('/readyz', async () => (await fetch(`${gatewayUrl}/readyz`)).ok, { signal });
    for (const process of [...Object.values(backends).map(({ server }) => server), ...mesh]) {
      processes[process.name] = handleOf(process, { signal: running.signal, log });
    }
    const apiKey = await seed({ folder, gatewayUrl, secrets });
    const { accessToken } = await restClient(gatewayUrl)('POST', '/api/v1/auth/login', secrets.admin);
    return { folder, gatewayUrl, secrets, backends, services: mesh, processes, apiKey, accessToken, stop, cutOff };
  } catch (error) {
    await stop();
    throw error;
  }
}

function handleOf(process, { signal, log }) {
  let held = Promise.resolve();
  let isUp = true;
  const supervised = {
    name: process.name,
    get pid() {
      return process.pid;
    },
    ended: () => process.ended().then(() => void (isUp = false)),
    async restart() {
      await held;
      await process.restart();
      isUp = true;
    },
  };
  supervise(supervised, { signal, log }).catch((error) => log(error.message));
  return {
    get pid() {
      return process.pid;
    },
    /** Whether it runs and has said that it is ready. */
    isUp: () => isUp,
    kill() {
      isUp = false;
      signalAll(treeOf(process.pid), 'SIGKILL');
    },
    pause: () => signalAll(treeOf(process.pid), 'SIGSTOP'),
    resume: () => signalAll(treeOf(process.pid), 'SIGCONT'),
    /** Kills it and keeps it down while `work` runs. */
    async whileDown(work) {
      const { promise, resolve } = Promise.withResolvers();
      held = promise;
      signalAll(treeOf(process.pid), 'SIGKILL');
      isUp = false;
      await process.ended();
      try {
        return await work();
      } finally {
        resolve();
      }
    },
  };
}
