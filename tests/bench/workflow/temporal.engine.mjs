import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../../tools/provision/places.mjs';
import { executable, findProgram, run } from '../../../tools/provision/run.mjs';
import { startServer } from '../../../tools/provision/server.mjs';
import { cached } from '../../../tools/provision/store.mjs';
import { startPeer } from '../peer.mjs';
import { asked, input } from './engine.mjs';

/** The last release of its command line that Go builds from the module proxy alone. */
const module = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const queue = 'bench';

/** Temporal's development server on a database file, with one worker that has the workflow and its activity. */
export async function temporalEngine({ packages, folder }) {
  const command = await temporalServer();
  const base = makeFolder(path.join(folder, 'temporal'));
  const server = await startServer({
    name: 'temporal',
    folder: base,
    program: (port) => ({
      command,
      args: ['server', 'start-dev', '--headless', '--log-level', 'error', '--ip', '127.0.0.1'].concat([
        '--port',
        String(port),
        '--db-filename',
        path.join(base, 'temporal.db'),
      ]),
      env: { ...process.env, HOME: base, TEMPORAL_TELEMETRY_DISABLE: '1' },
    }),
    stopSignal: 'SIGTERM',
    answers: async (port) => isServing(packages, port),
  });
  const address = `127.0.0.1:${server.port}`;
  const workflows = path.join(packages, 'bench.workflow.cjs');
  fs.writeFileSync(workflows, workflow);
  const peer = await startPeer('temporal', {
    BENCH_PEERS: path.join(packages, 'package.json'),
    BENCH_ADDRESS: address,
    BENCH_QUEUE: queue,
    BENCH_WORKFLOWS: workflows,
  });
  const { Client, Connection } = sdkOf(packages);
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  let count = 0;
  const execute = () =>
    client.workflow.execute('three', { taskQueue: queue, workflowId: `bench-${++count}`, args: [input] });
  const turn = (work) => work(asked({ server: server.pid, service: peer.pid }, execute));
  const stop = async () => {
    await connection.close();
    await peer.stop();
    await server.stop();
  };
  return { engines: [{ name: 'Temporal, development server', turn }], stop };
}

const workflow = `const { proxyActivities } = require('@temporalio/workflow');
const { noOp } = proxyActivities({ startToCloseTimeout: '1 minute' });
exports.three = async (input) => {
  await noOp(input);
  await noOp(input);
  await noOp(input);
  return input;
};
`;

const sdkOf = (packages) => createRequire(path.join(packages, 'package.json'))('@temporalio/client');

async function isServing(packages, port) {
  const { Client, Connection } = sdkOf(packages);
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 1_000 });
    await new Client({ connection }).workflow.count();
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

/** Built once, which takes minutes. */
async function temporalServer() {
  const name = `temporal-${module.split('@').at(-1)}`;
  const go = findProgram('go');
  if (!go) throw new Error('go is not there to build its server');
  const build = (folder) =>
    run(go, ['install', module], { env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' }, timeoutMs: 1_200_000 });
  return path.join(await cached(name, build), executable('temporal'));
}
