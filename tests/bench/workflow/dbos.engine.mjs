import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { findPrograms } from '../../../tools/provision/backends.mjs';
import { startPostgres } from '../../../tools/provision/postgres.mjs';
import { startPeer } from '../peer.mjs';
import { clone } from '../product.mjs';
import { input } from './engine.mjs';

/** DBOS on a Postgres of its own, of the product's version and settings: in one process, and through its queue. */
export async function dbosEngines({ packages, folder }) {
  const { postgres: program } = await findPrograms(clone, { postgres: true });
  const password = randomBytes(12).toString('hex');
  const server = await startPostgres({ folder: path.join(folder, 'postgres'), password, program });
  // Its process lives for a turn: its queue asks Postgres all the time.
  const engine = (name, mode) => ({
    name,
    postgresUrl: server.url,
    turn: async (work) => {
      const peer = await startPeer('dbos', {
        BENCH_PEERS: path.join(packages, 'package.json'),
        BENCH_POSTGRES_URL: server.url,
        BENCH_MODE: mode,
        BENCH_INPUT: JSON.stringify(input),
      });
      try {
        return await work({
          pids: { service: peer.pid, postgres: server.pid },
          load: (load) => peer.ask({ load }),
          idle: (times) => peer.ask({ idle: times }),
        });
      } finally {
        await peer.stop();
      }
    },
  });
  return { engines: [engine('DBOS, direct', 'direct'), engine('DBOS, queue', 'queue')], stop: () => server.stop() };
}
