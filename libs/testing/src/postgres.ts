import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder, startServer, type TestServer } from './process.js';
import { testServers } from './servers.js';

export interface TestPostgres extends TestServer {
  /** Connects as the superuser. */
  readonly url: string;
}

/**
 * Starts a Postgres for this suite alone, which takes about a second: for suites that kill or stop it. Others share
 * the server of the run by `createDatabase`.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const { postgres, postgresUser } = testServers();
  const folder = makeFolder('postgres');
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (postgresUser.uid !== undefined) chownSync(data, postgresUser.uid, postgresUser.gid ?? postgresUser.uid);
  const options = { ...postgresUser, cwd: folder, env: { ...process.env, ...postgres.env } };
  const initdb = ['-D', data, '-U', 'scm', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(join(postgres.programs, 'initdb'), initdb, options);
  const server = await startServer({
    name: 'postgres',
    folder,
    stopSignal: 'SIGINT',
    command: (port) => ({
      command: join(postgres.programs, 'postgres'),
      args: ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
      options,
    }),
    answers: async (_port, pid) => isReady(join(data, 'postmaster.pid'), pid),
  });
  return Object.assign(server, { url: `postgres://scm:test@127.0.0.1:${server.port}/postgres` });
}

/** Postgres writes its pid on line 1 and its state on line 8; it accepts connections long before it serves them. */
function isReady(file: string, pid: number): boolean {
  if (!existsSync(file)) return false;
  const lines = readFileSync(file, 'utf8').split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}
