import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { end, ended, forgetProcess, hasEnded, lastLines, openLog, recordProcess } from './processes.mjs';

const firstStartTries = 3;
const readyWaitMs = 30_000;

/**
 * Starts a server program on a port the kernel chose and waits until it answers.
 * Its folder holds its log and the pid by which a later run can sweep it; the folder's name stands in its command line.
 * @param {object} spec
 * @param {string} spec.name
 * @param {string} spec.folder
 * @param {(port: number) => {command: string, args: string[], env?: object, uid?: number, gid?: number}} spec.program
 * @param {NodeJS.Signals} spec.stopSignal
 * @param {(port: number, pid: number) => Promise<boolean>} [spec.answers] default: the port accepts a connection
 */
export async function startServer(spec) {
  let port;
  let child;
  const launch = async () => {
    child = spawnServer(spec, port);
    await answered(spec, port, child);
  };
  for (let attempt = 1; ; attempt++) {
    port = await freePort();
    try {
      await launch();
      break;
    } catch (error) {
      if (attempt === firstStartTries) throw error;
    }
  }
  return {
    name: spec.name,
    port,
    get pid() {
      return child.pid;
    },
    /** Settles when the present process ends, for whatever reason. */
    ended: () => ended(child),
    /** Starts it again on the same port, after it has ended. */
    restart: launch,
    async stop() {
      await end(child, spec.stopSignal);
      forgetProcess(spec.folder);
    },
  };
}

function spawnServer(spec, port) {
  const { command, args, ...options } = spec.program(port);
  const log = openLog(spec.folder);
  // Its own process group: Ctrl-C in the terminal must not stop a server before its users.
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true, ...options });
  fs.closeSync(log);
  if (child.pid) recordProcess(spec.folder, { pid: child.pid, mark: spec.folder, signal: spec.stopSignal });
  return child;
}

async function answered(spec, port, child) {
  const failure = new Promise((_, reject) => child.once('error', reject));
  try {
    await Promise.race([answering(spec, port, child), failure]);
  } catch (error) {
    if (child.pid) await end(child, 'SIGKILL');
    throw error;
  }
}

async function answering({ name, folder, answers = accepts }, port, child) {
  const deadline = Date.now() + readyWaitMs;
  while (!(await answers(port, child.pid))) {
    if (hasEnded(child))
      throw new Error(`${name} ended at once, see ${path.join(folder, 'log')}: ${lastLines(folder, 1)}`);
    if (Date.now() > deadline) throw new Error(`${name} gave no answer in ${readyWaitMs} ms, see ${folder}/log`);
    await sleep(10);
  }
}

export function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });
}

/** A port free at this moment. Nobody holds it, so its user must be ready to try another. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
