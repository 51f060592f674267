import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { testServers } from './servers.js';
import { waitFor } from './wait.js';

/** A server process of a suite. Faults are real: `kill` is SIGKILL, `restart` starts it on the same port and data. */
export interface TestServer {
  readonly port: number;
  readonly pid: number;
  /** Ends it without warning. */
  kill(): Promise<void>;
  /** Freezes it: connections stay open, nothing answers. */
  pause(): void;
  /** Ends a freeze. */
  resume(): void;
  /** Starts it again after `kill`, or stops it first when it runs. */
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

export interface ServerSpec {
  name: string;
  folder: string;
  command: (port: number) => { command: string; args: string[]; options?: SpawnOptions };
  stopSignal: NodeJS.Signals;
  answers?: (port: number, pid: number) => Promise<boolean>;
}

const startTries = 3;
const answerWaitMs = 30_000;

/** Starts a server on a port the kernel chose; resolves once it answers. */
export async function startServer(spec: ServerSpec): Promise<TestServer> {
  let port = await freePort();
  let child: ChildProcess | undefined;
  for (let attempt = 1; !child; attempt++) {
    try {
      child = await launch(spec, port);
    } catch (error) {
      if (attempt === startTries) throw error;
      port = await freePort();
    }
  }
  let current = child;
  return {
    port,
    get pid() {
      return current.pid ?? 0;
    },
    kill: () => end(current, 'SIGKILL'),
    pause: () => void current.kill('SIGSTOP'),
    resume: () => void current.kill('SIGCONT'),
    async restart() {
      await end(current, spec.stopSignal);
      current = await launch(spec, port);
    },
    async stop() {
      current.kill('SIGCONT');
      await end(current, spec.stopSignal);
      rmSync(spec.folder, { recursive: true, force: true });
    },
  };
}

/** A fresh folder inside the run's folder. */
export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(testServers().folder, `${name}-`));
  chmodSync(folder, 0o711);
  return folder;
}

async function launch(spec: ServerSpec, port: number): Promise<ChildProcess> {
  const { command, args, options } = spec.command(port);
  const log = openSync(join(spec.folder, 'log'), 'a');
  const child = spawn(command, args, { ...options, stdio: ['ignore', log, log] });
  closeSync(log);
  child.once('error', () => undefined);
  // The runner ends what a suite leaves behind by this file.
  const record = { pid: child.pid, mark: spec.folder, signal: spec.stopSignal };
  writeFileSync(join(spec.folder, 'pid'), JSON.stringify(record));
  const answers = spec.answers ?? accepts;
  try {
    await waitFor(() => hasEnded(child) || answers(port, child.pid ?? 0), {
      timeoutMs: answerWaitMs,
      what: `${spec.name} to answer`,
    });
  } catch (error) {
    await end(child, 'SIGKILL');
    throw error;
  }
  if (hasEnded(child)) throw new Error(`${spec.name} ended: ${readFileSync(join(spec.folder, 'log'), 'utf8').trim()}`);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A port that is free at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
