import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './process.js';
import { testServers } from './servers.js';
import { waitFor } from './wait.js';

/** How to reach a running instance of the whole product, as `npm start` describes it. */
export interface ProductRun {
  gatewayUrl: string;
  streamUrl: string;
  mcpUrl: string;
  prometheusUrl: string;
  admin: { username: string; password: string };
  apiKey: string;
  natsUrl: string;
  postgresUrl: string;
  redisUrl: string;
  services: Record<string, { pid: number }[]>;
  dataDir: string;
}

/** A launcher process. */
export interface Launched {
  readonly pid: number;
  /** What it printed so far. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
  /** Sends a signal, SIGTERM by default, and resolves once it has ended. */
  end(signal?: NodeJS.Signals): Promise<number | string>;
}

export interface TestProduct {
  run: ProductRun;
  stop(): Promise<void>;
}

const startWaitMs = 120_000;

/** Starts the seven built services with servers of their own, as `npm start -- --private` does. */
export async function startProduct(
  options: { workers?: number; env?: Record<string, string> } = {},
): Promise<TestProduct> {
  const folder = makeFolder('product');
  const runFile = join(folder, 'run.json');
  const args = ['--private', '--run-file', runFile, '--workers', String(options.workers ?? 1)];
  const launched = runLauncher('up.mjs', args, { SCM_DATA_DIR: folder, ...options.env });
  await waitForRunFile(runFile, launched);
  return {
    run: JSON.parse(readFileSync(runFile, 'utf8')) as ProductRun,
    stop: async () => void (await launched.end()),
  };
}

/** Runs `tools/<script>` with arguments and further environment; what it prints is collected. */
export function runLauncher(script: string, args: string[], env: Record<string, string> = {}): Launched {
  const { clone } = testServers();
  const child = spawn(process.execPath, [join(clone, 'tools', script), ...args], {
    cwd: clone,
    // The flags by which jest loads modules are not for the product.
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'ended'));
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Resolves once a launcher has described its instance; throws with what it printed when it ends before. */
export async function waitForRunFile(file: string, launched: Launched): Promise<void> {
  let code: number | string | undefined;
  void launched.ended.then((ended) => (code = ended));
  await waitFor(() => existsSync(file) || code !== undefined, { timeoutMs: startWaitMs, what: 'the product to start' });
  if (code !== undefined) throw new Error(`the launcher ended with ${code}:\n${launched.output()}`);
}
