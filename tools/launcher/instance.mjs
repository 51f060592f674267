import { startBackends, stopBackends } from '../provision/backends.mjs';
import { startMesh, stopMesh } from './mesh.mjs';
import { migrate, migrationsAreStale } from './migrate.mjs';
import { loadSecrets } from './secrets.mjs';
import { supervise } from './supervise.mjs';
import { waitUntil } from './wait.mjs';

/**
 * Starts servers and services on the data in `folder` and keeps them running until `stop`.
 * @param {object} options
 * @param {string} options.clone
 * @param {string} options.folder data folder of the instance
 * @param {{host: string, port: number}} options.gateway port 0 lets the kernel choose
 * @param {object} options.replicas number of processes of a service, where it is not 1
 * @param {object} options.env where servers of the user's own are named
 * @param {(name: string, step: () => Promise<unknown>, tell?: (result: unknown) => string) => Promise<unknown>} options.progress
 * @param {(line: string) => void} options.log
 * @param {AbortSignal} options.signal stops a start under way
 */
export async function startInstance({ clone, folder, gateway, replicas, env, progress, log, signal }) {
  const running = new AbortController();
  const stack = new AsyncDisposableStack();
  const stop = () => {
    running.abort();
    return stack.disposeAsync();
  };
  try {
    const secrets = loadSecrets(folder);
    const backends = await progress('servers', () => startBackends({ clone, folder, secrets, env }), describe);
    stack.defer(() => stopBackends(backends));
    signal.throwIfAborted();
    const instance = { clone, folder, gateway, secrets, backends };
    if (migrationsAreStale(instance)) await progress('migrations', () => migrate(instance));
    signal.throwIfAborted();
    const mesh = await progress('services', () => startMesh(instance, replicas), countProcesses);
    stack.defer(() => stopMesh(mesh));
    const gatewayUrl = urlOf(gateway.host, mesh.find(({ service }) => service === 'gateway').port);
    await progress('ready', () => waitUntil('/readyz', () => isReady(gatewayUrl), { signal }));
    const servers = Object.values(backends).flatMap(({ server }) => server ?? []);
    for (const process of [...servers, ...mesh]) {
      supervise(process, { signal: running.signal, log }).catch((error) => log(error.message));
    }
    return { gatewayUrl, secrets, backends, mesh, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const describe = (backends) =>
  Object.entries(backends)
    .map(([name, { version, from }]) => [name, version, `(${from})`].filter(Boolean).join(' '))
    .join(', ');

const countProcesses = (mesh) => `${mesh.length} processes`;

const isReady = async (gatewayUrl) => (await fetch(new URL('/readyz', gatewayUrl))).ok;

function urlOf(host, port) {
  const reachable = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
