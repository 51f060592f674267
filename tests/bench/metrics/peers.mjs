import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../../../tools/provision/server.mjs';
import { request } from './send.mjs';

const readyWaitMs = 60_000;

/** Debian's Prometheus, which takes remote write and answers queries from the same process. */
export async function startPrometheus(folder) {
  const port = await freePort();
  const data = path.join(folder, 'prometheus');
  const config = path.join(folder, 'prometheus.yml');
  fs.writeFileSync(config, '{}\n');
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    '--web.enable-admin-api',
    '--log.level=error',
  ];
  const url = `http://127.0.0.1:${port}`;
  const stop = await start('prometheus', flags, `${url}/-/ready`);
  return {
    name: 'Prometheus',
    ...stop,
    writeUrl: `${url}/api/v1/write`,
    queryUrl: url,
    headers: {},
    /** Bytes of all samples in blocks, as they are kept once the write-ahead log is gone. */
    bytesAtRest: async () => {
      const answer = await request(`${url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
      return sizeOf(path.join(data, 'snapshots', JSON.parse(answer).data.name));
    },
  };
}

export async function startVictoria(folder) {
  const port = await freePort();
  const data = path.join(folder, 'victoria');
  const flags = [
    `-storageDataPath=${data}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=1',
    '-search.disableCache',
    '-loggerLevel=ERROR',
  ];
  const url = `http://127.0.0.1:${port}`;
  const stop = await start('victoria-metrics', flags, `${url}/health`);
  return {
    name: 'VictoriaMetrics',
    ...stop,
    writeUrl: `${url}/api/v1/write`,
    queryUrl: url,
    headers: {},
    bytesAtRest: async () => {
      await request(`${url}/internal/force_flush`, {});
      await request(`${url}/internal/force_merge`, {});
      return sizeOf(path.join(data, 'data')) + sizeOf(path.join(data, 'indexdb'));
    },
  };
}

async function start(program, flags, readyUrl) {
  const child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  const failed = new Promise((_, reject) => child.once('error', reject));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // The program ends with this process, however that ends.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  await Promise.race([ready(readyUrl), failed]);
  return {
    pids: { [program]: child.pid },
    stop: async () => {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}

async function ready(url) {
  const deadline = performance.now() + readyWaitMs;
  for (;;) {
    const isReady = await request(url, {}).then(
      () => true,
      () => false,
    );
    if (isReady) return;
    if (performance.now() > deadline) throw new Error(`${url} was not ready in ${readyWaitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function sizeOf(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
