import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { aptSession } from '../../tools/provision/apt.mjs';
import { cacheFolder } from '../../tools/provision/places.mjs';
import { findProgram } from '../../tools/provision/run.mjs';

const WAIT_MS = 60_000;

/** Debian's prometheus with a data folder of its own, or undefined where it cannot be had. */
export async function startPrometheus() {
  const program = await provided();
  if (!program) return undefined;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'scm-prometheus-'));
  const config = path.join(folder, 'prometheus.yml');
  fs.writeFileSync(config, 'global:\n  evaluation_interval: 1m\n');
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.enable-remote-write-receiver',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(`http://${address}/-/ready`, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://${address}`, stop };
}

async function provided() {
  const installed = findProgram('prometheus');
  if (installed) return installed;
  const folder = path.join(cacheFolder(), 'prometheus-debian');
  const program = path.join(folder, 'usr/bin/prometheus');
  if (fs.existsSync(program)) return program;
  const apt = aptSession();
  try {
    await apt.unpack(['prometheus'], folder);
    return fs.existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  } finally {
    await apt.close();
  }
}

async function ready(url, child) {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    if (child.exitCode !== null || performance.now() > deadline) throw new Error('prometheus did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
