import fs from 'node:fs';
import { findPrograms, startBackends, stopBackends } from '../provision/backends.mjs';
import { makeRunFolder, serverUser, stateFolder } from '../provision/places.mjs';
import { claim, sweepProcesses, sweepRuns } from '../provision/sweep.mjs';

/**
 * Makes ready what suites with real servers need: one Postgres, in which each suite makes its own database, and the
 * programs with which suites start their own NATS and Redis. `env` tells @scm/testing where all that is.
 */
export async function startTestServers(clone) {
  await sweepRuns(stateFolder(clone));
  const folder = makeRunFolder(clone);
  await claim(folder, 'test.mjs');
  const programs = await findPrograms(clone, { nats: true, redis: true, postgres: true });
  // The servers of a user's environment are for the product; NATS and Redis of tests are always their own.
  const env = { SCM_NATS_URL: 'unused', SCM_REDIS_URL: 'unused', SCM_DATABASE_URL: process.env.SCM_DATABASE_URL };
  const backends = await startBackends({ clone, folder, secrets: { postgresPassword: 'test' }, env });
  const servers = { ...programs, clone, folder, postgresUser: serverUser(), databaseUrl: backends.postgres.url };
  return {
    folder,
    env: { SCM_TEST_SERVERS: JSON.stringify(servers) },
    async stop() {
      await stopBackends(backends);
      await sweepProcesses(folder);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
