import path from 'node:path';
import { aptSession } from './apt.mjs';
import { NotAvailable } from './ladder.mjs';
import { findNats, startNats } from './nats.mjs';
import { findPostgres, startPostgres } from './postgres.mjs';
import { findRedis, startRedis } from './redis.mjs';

/**
 * Finds or obtains the server programs that are asked for, side by side, with one fetch of package lists at most.
 * @param {string} clone folder of the repository
 * @param {{nats?: boolean, postgres?: boolean, redis?: boolean}} wanted
 */
export async function findPrograms(clone, wanted) {
  const apt = aptSession();
  try {
    const [nats, postgres, redis] = await allSettled([
      wanted.nats && findNats(apt),
      wanted.postgres && findPostgres(apt, clone),
      wanted.redis && findRedis(apt),
    ]);
    return { nats, postgres, redis };
  } finally {
    await apt.close();
  }
}

/**
 * Starts NATS, Postgres and Redis on data in `folder`, each only where the environment names no server of the user's.
 * @returns `{nats, postgres, redis}` as `{url, from, version?, server?}`; whoever started them stops each `server`
 */
export async function startBackends({ clone, folder, secrets, env = process.env }) {
  const own = { nats: env.SCM_NATS_URL, postgres: env.SCM_DATABASE_URL, redis: env.SCM_REDIS_URL };
  const programs = await findPrograms(clone, { nats: !own.nats, postgres: !own.postgres, redis: !own.redis });
  const start = async (name, startServer, credentials) => {
    if (own[name]) return { url: own[name], from: 'environment' };
    const program = programs[name];
    const server = await startServer({ folder: path.join(folder, name), program, ...credentials });
    return { url: server.url, from: program.from, version: program.version, server };
  };
  const [nats, postgres, redis] = await allOrNone([
    start('nats', startNats, { token: secrets.natsToken, storeKey: secrets.natsStoreKey }),
    start('postgres', startPostgres, { password: secrets.postgresPassword }),
    start('redis', startRedis, { password: secrets.redisPassword }),
  ]);
  return { nats, postgres, redis };
}

/** Stops the servers that `startBackends` started: messages first, the store of truth last. */
export async function stopBackends({ nats, redis, postgres }) {
  for (const { server } of [nats, redis, postgres]) await server?.stop();
}

async function allOrNone(starts) {
  const results = await Promise.allSettled(starts);
  const failed = results.find(({ status }) => status === 'rejected');
  if (!failed) return results.map(({ value }) => value);
  for (const { value } of results) await value?.server?.stop();
  throw failed.reason;
}

/** Like Promise.all, but lets every one finish first and then reports all that failed. */
async function allSettled(promises) {
  const results = await Promise.allSettled(promises);
  const reasons = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  if (reasons.length === 1) throw reasons[0];
  if (reasons.length > 1) throw new NotAvailable(reasons.map(({ message }) => message).join('\n'));
  return results.map(({ value }) => value);
}
