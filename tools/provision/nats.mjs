import fs from 'node:fs';
import path from 'node:path';
import { brewInstall } from './brew.mjs';
import { climb } from './ladder.mjs';
import { makeFolder } from './places.mjs';
import { executable, findProgram, run } from './run.mjs';
import { startServer } from './server.mjs';
import { cached, inCache } from './store.mjs';
import { atLeast, versionIn } from './versions.mjs';

const leastVersion = '2.10.0';
const cacheName = 'nats-server';
const unpacked = path.join('usr', 'sbin', executable('nats-server'));

/** Finds or obtains nats-server: `{command, version, from}`. */
export function findNats(apt) {
  return climb(
    `nats-server ${leastVersion} or newer`,
    [
      ['PATH', () => checked(findProgram('nats-server'))],
      ['cache', () => inCache(cacheName) && checked(path.join(inCache(cacheName), unpacked))],
      ['apt, the newer release', () => obtain(apt, `nats-server/${apt.newerRelease}`)],
      ['apt', () => obtain(apt, 'nats-server')],
      ['brew', async () => checked(await brewInstall('nats-server'))],
    ],
    [
      'set SCM_NATS_URL=nats://token@host:4222 to use a server of your own (2.10 or newer, JetStream on)',
      'or install it: apt-get install nats-server, brew install nats-server, or winget install NATSAuthors.NATSServer',
    ],
  );
}

/** Starts a NATS server with JetStream and token access that keeps its streams in `folder`, encrypted. */
export async function startNats({ folder, token, storeKey, program: { command } }) {
  makeFolder(folder);
  const config = path.join(folder, 'nats.conf');
  const program = (port) => {
    fs.writeFileSync(config, configuration({ folder, token, storeKey, port }), { mode: 0o600 });
    return { command, args: ['-c', config] };
  };
  const server = await startServer({ name: 'nats', folder, program, stopSignal: 'SIGTERM' });
  return Object.assign(server, { url: `nats://${token}@127.0.0.1:${server.port}` });
}

async function checked(command) {
  if (!command) return undefined;
  const version = versionIn(await run(command, ['--version']));
  if (!version || !atLeast(version, leastVersion)) throw new Error(`${command} is version ${version}`);
  return { command, version };
}

async function obtain(apt, name) {
  const fill = async (folder) => {
    await apt.unpack([name], folder);
    await checked(path.join(folder, unpacked));
  };
  return checked(path.join(await cached(cacheName, fill), unpacked));
}

const configuration = ({ folder, token, storeKey, port }) => `
host: 127.0.0.1
port: ${port}
max_payload: 8MB
authorization { token: ${JSON.stringify(token)} }
jetstream {
  store_dir: ${JSON.stringify(path.join(folder, 'jetstream'))}
  max_mem: 256MB
  max_file: 4GB
  key: ${JSON.stringify(storeKey)}
  cipher: aes
  # Otherwise what was acknowledged in the last two minutes goes with the power.
  sync_interval: always
}
`;
