import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const clone = path.join(import.meta.dirname, '..', '..');

const startWaitMs = 120_000;

// The limits stay in force, each request is counted; they are only too high to be reached.
const limits = { SCM_ACTOR_REQUESTS_PER_MINUTE: '100000000', SCM_ADDRESS_REQUESTS_PER_MINUTE: '100000000' };

/**
 * Starts the built product as `npm start -- --private` does, with what its launcher printed and its description.
 * `workers` and `protocols` are how many step-workers and mcp-protocols there are.
 */
export async function startProduct({ workers = 1, protocols = 1, env = {} } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'scm-bench-'));
  const file = path.join(folder, 'run.json');
  const startedMs = performance.now();
  const launcher = spawn(
    process.execPath,
    ['tools/up.mjs', '--private', '--workers', String(workers), '--protocols', String(protocols), '--run-file', file],
    {
      cwd: clone,
      env: { ...process.env, ...limits, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let output = '';
  let readyMs;
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      if (/✓ ready/.test(output)) readyMs ??= performance.now() - startedMs;
    });
  }
  const ended = new Promise((resolve) => launcher.once('exit', resolve));
  const stop = async () => {
    launcher.kill('SIGTERM');
    await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await described(launcher, file, () => output);
    const run = JSON.parse(fs.readFileSync(file, 'utf8'));
    return { ...run, pids: pidsOf(run), call: client(run), readyMs, output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function described(launcher, file, output) {
  const deadline = performance.now() + startWaitMs;
  while (!fs.existsSync(file)) {
    if (launcher.exitCode !== null) throw new Error(`the product did not start:\n${output()}`);
    if (performance.now() > deadline) throw new Error(`the product did not start in ${startWaitMs} ms:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The process ids of the services and of the servers, by name. */
function pidsOf({ services, dataDir }) {
  const ofServer = (name) => JSON.parse(fs.readFileSync(path.join(dataDir, name, 'pid'), 'utf8')).pid;
  return {
    ...Object.fromEntries(Object.entries(services).map(([name, [{ pid }]]) => [name, pid])),
    ...Object.fromEntries(['nats', 'postgres', 'redis'].map((name) => [name, ofServer(name)])),
  };
}

function client({ gatewayUrl, apiKey }) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  return async (method, route, body) => {
    const response = await fetch(gatewayUrl + route, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return text && JSON.parse(text);
  };
}
