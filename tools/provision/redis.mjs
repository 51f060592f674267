import fs from 'node:fs';
import path from 'node:path';
import { unpackedLibraries } from './apt.mjs';
import { brewInstall } from './brew.mjs';
import { climb } from './ladder.mjs';
import { makeFolder } from './places.mjs';
import { executable, findProgram, run } from './run.mjs';
import { startServer } from './server.mjs';
import { cached, inCache } from './store.mjs';
import { atLeast, versionIn } from './versions.mjs';

// The first with `set-proc-title`, without which a server cannot be told from others by its command line.
const leastVersion = '6.2.0';
const cacheName = 'redis-server';

/** Finds or obtains redis-server, or valkey-server, which speaks the same protocol: `{command, env, version, from}`. */
export function findRedis(apt) {
  return climb(
    `redis-server ${leastVersion} or newer`,
    [
      ['PATH', () => checked(findProgram('redis-server') ?? findProgram('valkey-server'))],
      ['cache', () => inCache(cacheName) && fromFolder(inCache(cacheName))],
      ['apt', () => obtain(apt)],
      ['brew', async () => checked(await brewInstall('redis', 'redis-server'))],
    ],
    [
      'set SCM_REDIS_URL=redis://:password@host:6379 to use a server of your own',
      'or install it: apt-get install redis-server, or brew install redis',
    ],
  );
}

/** Starts a Redis that keeps nothing on disk: it holds caches and limits only. */
export async function startRedis({ folder, password, program: { command, env } }) {
  makeFolder(folder);
  const config = path.join(folder, 'redis.conf');
  const program = (port) => {
    fs.writeFileSync(config, configuration({ folder, password, port }), { mode: 0o600 });
    return { command, args: [config], env: { ...process.env, ...env } };
  };
  const server = await startServer({ name: 'redis', folder, program, stopSignal: 'SIGTERM' });
  return Object.assign(server, { url: `redis://:${password}@127.0.0.1:${server.port}` });
}

async function checked(command, env = {}) {
  if (!command) return undefined;
  const version = versionIn(await run(command, ['--version'], { env: { ...process.env, ...env } }));
  if (!version || !atLeast(version, leastVersion)) throw new Error(`${command} is version ${version}`);
  return { command, env, version };
}

async function obtain(apt) {
  const fill = async (folder) => {
    await apt.unpack(['redis-server', 'redis-tools'], folder);
    await fromFolder(folder);
  };
  return fromFolder(await cached(cacheName, fill));
}

const fromFolder = (folder) =>
  checked(path.join(folder, 'usr', 'bin', executable('redis-server')), unpackedLibraries(folder));

const configuration = ({ folder, password, port }) => `
bind 127.0.0.1
port ${port}
dir ${JSON.stringify(folder)}
requirepass ${password}
maxmemory 128mb
maxmemory-policy allkeys-lru
save ""
appendonly no
set-proc-title no
`;
