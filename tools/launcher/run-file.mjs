import fs from 'node:fs';
import path from 'node:path';
import { writePrivately } from './secrets.mjs';

/** Everything a script needs to use a running instance. */
export function describeRun({ gatewayUrl, secrets, backends, mesh, apiKey, folder }) {
  const services = Map.groupBy(mesh, ({ service }) => service);
  return {
    gatewayUrl,
    streamUrl: `${gatewayUrl.replace(/^http/, 'ws')}/api/v1/stream`,
    mcpUrl: `${gatewayUrl}/mcp`,
    prometheusUrl: `${gatewayUrl}/prometheus`,
    admin: secrets.admin,
    apiKey,
    natsUrl: backends.nats.url,
    postgresUrl: backends.postgres.url,
    redisUrl: backends.redis.url,
    services: Object.fromEntries([...services].map(([name, list]) => [name, list.map(({ pid }) => ({ pid }))])),
    dataDir: folder,
  };
}

export const runFile = (clone) => path.join(clone, '.scm', 'run.json');

/** Writes the description of a run for its user alone. */
export function writeRunFile(file, run) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  writePrivately(file, run);
}
