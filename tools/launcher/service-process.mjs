import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../provision/places.mjs';
import { end, ended, forgetProcess, lastLines, openLog, recordProcess } from '../provision/processes.mjs';
import { mainOf } from './build.mjs';
import { serviceEnvironment } from './environment.mjs';

const readyWaitMs = 60_000;

/**
 * Starts a service as a process and waits until it says that it is ready. It ends by itself when this process does,
 * since the channel between them then closes.
 * @param {string} name the process's name, such as `step-workers-2`
 */
export async function startService(name, service, instance) {
  const folder = makeFolder(path.join(instance.folder, name));
  let child;
  let port = instance.gateway.port;
  const launch = async () => {
    child = spawnService(service, folder, { ...instance, gateway: { ...instance.gateway, port } });
    ({ port = port } = await ready(name, child, folder));
  };
  await launch();
  return {
    name,
    service,
    get pid() {
      return child.pid;
    },
    /** Of the gateway: where it listens, also after a restart. */
    port,
    ended: () => ended(child),
    restart: launch,
    async stop() {
      await end(child, 'SIGTERM');
      forgetProcess(folder);
    },
  };
}

function spawnService(service, folder, instance) {
  const main = mainOf(instance.clone, service);
  const log = openLog(folder);
  const child = spawn(process.execPath, ['--import', '@scm/service/telemetry', main], {
    cwd: instance.clone,
    env: serviceEnvironment(service, instance),
    stdio: ['ignore', log, log, 'ipc'],
    // Its own process group: Ctrl-C reaches only the launcher, which then stops the services in order.
    detached: true,
  });
  fs.closeSync(log);
  recordProcess(folder, { pid: child.pid, mark: main, signal: 'SIGTERM' });
  return child;
}

function ready(name, child, folder) {
  return new Promise((resolve, reject) => {
    const fail = (what) => reject(new Error(`${name} ${what}; ${folder}/log ends with:\n${lastLines(folder, 15)}`));
    const late = setTimeout(() => {
      fail(`was not ready after ${readyWaitMs} ms`);
      child.kill('SIGKILL');
    }, readyWaitMs);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      fail(`ended with ${signal ?? code} before it was ready`);
    });
    child.on('message', (message) => {
      if (message?.type !== 'ready') return;
      clearTimeout(late);
      resolve(message);
    });
  });
}
