import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { v1 } from './generations.mjs';
import { findPython } from './python.mjs';

const script = (name) => path.join(import.meta.dirname, name);

const streamable = 'streamable-http';

/**
 * Who meets whom: clients, each with the command to which the URL is added, and upstreams, each with how it is started. Those of
 * Python only where it can be had.
 */
export async function peers() {
  const python = await findPython();
  const node = (file, ...args) => [process.execPath, script(file), ...args];
  const pythons = python ? [python] : [];
  return {
    hasPython: python !== undefined,
    clients: [
      ...v1.map(({ name, module, transport }) => ({
        name,
        transport,
        command: node('v1.client.mjs', module, transport),
      })),
      ...['auto', 'legacy', '2026-07-28'].map((mode) => ({
        name: `ts-v2 ${mode}`,
        transport: streamable,
        command: node('v2.client.mjs', mode),
      })),
      ...pythons.flatMap((file) =>
        ['auto', 'legacy'].map((mode) => ({
          name: `python ${mode}`,
          transport: streamable,
          command: [file, script('python_client.py'), mode],
        })),
      ),
    ],
    upstreams: [
      ...v1.map(({ name, module, revision, transport }) => ({
        name,
        transport,
        command: node('v1.server.mjs', module, revision, transport),
      })),
      { name: 'ts-v2', transport: streamable, command: node('v2.server.mjs') },
      ...pythons.map((file) => ({
        name: 'python',
        transport: streamable,
        command: [file, script('python_server.py')],
      })),
    ],
  };
}

/** Starts an upstream and gives its URL. */
export async function startUpstream({ name, command }) {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the upstream ${name} ended with ${code}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { name, url, stop };
}

const CLIENT_MS = 120_000;

/** Runs a client to its end: the revision it agreed on and what each operation came to, or why there is nothing. */
export async function runClient({ command }, url) {
  const [file, ...args] = command;
  const child = spawn(file, [...args, url], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), CLIENT_MS);
  const [out, err] = [[], []];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  const text = Buffer.concat(out).toString().trim();
  return text ? JSON.parse(text) : { failure: Buffer.concat(err).toString().trim().slice(-600) };
}
