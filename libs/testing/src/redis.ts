import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, startServer, type TestServer } from './process.js';
import { testServers } from './servers.js';

export interface TestRedis extends TestServer {
  /** With the password in it. */
  readonly url: string;
}

/** Starts a Redis for this suite alone; like the product's it keeps nothing on disk. */
export async function startRedis(): Promise<TestRedis> {
  const folder = makeFolder('redis');
  const config = join(folder, 'redis.conf');
  const { command, env } = testServers().redis;
  const server = await startServer({
    name: 'redis',
    folder,
    stopSignal: 'SIGTERM',
    command: (port) => {
      writeFileSync(config, configuration(port, folder));
      return { command, args: [config], options: { env: { ...process.env, ...env } } };
    },
  });
  return Object.assign(server, { url: `redis://:test@127.0.0.1:${server.port}` });
}

const configuration = (port: number, folder: string): string => `
bind 127.0.0.1
port ${port}
dir ${JSON.stringify(folder)}
requirepass test
maxmemory 64mb
save ""
appendonly no
set-proc-title no
`;
