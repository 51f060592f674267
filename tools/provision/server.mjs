import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const firstStartTries = 3;
const readyWaitMs = 30_000;
const stopWaitMs = 10_000;

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
  let port = await freePort();
  let child;
  for (let attempt = 1; !child; attempt++) {
    try {
      child = await launch(spec, port);
    } catch (error) {
      if (attempt === firstStartTries) throw error;
      port = await freePort();
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
    async restart() {
      child = await launch(spec, port);
    },
    async stop() {
      await end(child, spec.stopSignal);
      fs.rmSync(path.join(spec.folder, 'pid'), { force: true });
    },
  };
}

async function launch(spec, port) {
  const { command, args, ...options } = spec.program(port);
  const log = fs.openSync(path.join(spec.folder, 'log'), 'a', 0o600);
  // Its own process group: Ctrl-C in the terminal must not stop a server before its users.
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true, ...options });
  fs.closeSync(log);
  const failure = new Promise((_, reject) => child.once('error', reject));
  try {
    await Promise.race([answering(spec, port, child), failure]);
  } catch (error) {
    if (child.pid) await end(child, 'SIGKILL');
    throw error;
  }
  fs.writeFileSync(path.join(spec.folder, 'pid'), String(child.pid));
  return child;
}

async function answering({ name, folder, answers = accepts }, port, child) {
  const deadline = Date.now() + readyWaitMs;
  while (!(await answers(port, child.pid))) {
    if (hasEnded(child)) throw new Error(`${name} ended at once, see ${path.join(folder, 'log')}: ${lastLine(folder)}`);
    if (Date.now() > deadline) throw new Error(`${name} gave no answer in ${readyWaitMs} ms, see ${folder}/log`);
    await sleep(10);
  }
}

const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

const ended = (child) =>
  hasEnded(child) ? Promise.resolve() : new Promise((done) => child.once('exit', () => done()));

/** Asks a child process to end, and after 10 s makes it; resolves once it has ended. */
export async function end(child, signal) {
  if (hasEnded(child)) return;
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), stopWaitMs);
  await ended(child);
  clearTimeout(force);
}

const lastLine = (folder) => fs.readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n').at(-1);

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
