import path from 'node:path';
import { makeFolder } from '../../../tools/provision/places.mjs';
import { freePort, startServer } from '../../../tools/provision/server.mjs';
import { startPeer } from '../peer.mjs';
import { asked, input } from './engine.mjs';
import { poster } from './poster.mjs';

/** Restate's server as it comes, its log synchronous, with one service that has the steps. */
export async function restateEngine({ packages, folder }) {
  const [ingress, node, service] = await Promise.all([freePort(), freePort(), freePort()]);
  const server = await startServer({
    name: 'restate',
    folder: makeFolder(path.join(folder, 'restate')),
    program: (admin) => ({
      command: path.join(
        packages,
        'node_modules',
        '@restatedev',
        `restate-server-${process.platform}-${process.arch}`,
        'bin',
        'restate-server',
      ),
      args: [
        '--no-logo',
        '--listen-mode',
        'tcp',
        '--bind-ip',
        '127.0.0.1',
        '--bind-port',
        String(node),
        '--base-dir',
        path.join(folder, 'restate'),
      ],
      env: {
        ...process.env,
        RESTATE_DISABLE_TELEMETRY: 'true',
        RESTATE_ADMIN__BIND_PORT: String(admin),
        RESTATE_INGRESS__BIND_PORT: String(ingress),
      },
    }),
    stopSignal: 'SIGTERM',
    answers: async (admin) => (await fetch(`http://127.0.0.1:${admin}/health`).catch(() => undefined))?.ok ?? false,
  });
  const peer = await startPeer('restate', {
    BENCH_PEERS: path.join(packages, 'package.json'),
    BENCH_PORT: String(service),
    RESTATE_LOGGING: 'ERROR',
  });
  const post = poster(`http://127.0.0.1:${ingress}/three/run`);
  const body = JSON.stringify(input);
  const stop = async () => {
    post.close();
    await peer.stop();
    await server.stop();
  };
  try {
    await register(server.port, peer.url);
  } catch (error) {
    await stop();
    throw error;
  }
  const turn = (work) => work(asked({ server: server.pid, service: peer.pid }, () => post(body)));
  return { engines: [{ name: 'Restate', turn }], stop };
}

async function register(adminPort, uri) {
  const post = poster(`http://127.0.0.1:${adminPort}/deployments`);
  await post(JSON.stringify({ uri })).finally(() => post.close());
}
