import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, startServer, type TestServer } from './process.js';
import { testServers } from './servers.js';

export interface TestNats extends TestServer {
  /** With the access token in it. */
  readonly url: string;
}

/** Starts a NATS server with JetStream for this suite alone. */
export async function startNats(): Promise<TestNats> {
  const folder = makeFolder('nats');
  const config = join(folder, 'nats.conf');
  const server = await startServer({
    name: 'nats',
    folder,
    stopSignal: 'SIGTERM',
    command: (port) => {
      writeFileSync(config, configuration(port, folder));
      return { command: testServers().nats.command, args: ['-c', config] };
    },
  });
  return Object.assign(server, { url: `nats://test@127.0.0.1:${server.port}` });
}

const configuration = (port: number, folder: string): string => `
host: 127.0.0.1
port: ${port}
max_payload: 8MB
authorization { token: test }
jetstream { store_dir: ${JSON.stringify(join(folder, 'jetstream'))}, max_mem: 256MB, max_file: 1GB, key: test, cipher: aes }
`;
