import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VERSION = '2.3.0';
const INSTALL_MS = 180_000;

/** A Python with the official SDK, installed into the cache the first time; undefined where it cannot be had. */
export async function findPython() {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'scm', `mcp-python-${VERSION}`);
  const python = path.join(folder, 'bin', 'python');
  try {
    if (!(await works(python))) {
      fs.rmSync(folder, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', folder]);
      await run(python, ['-m', 'pip', 'install', '--quiet', `mcp==${VERSION}`], { timeout: INSTALL_MS });
    }
    return (await works(python)) ? python : undefined;
  } catch {
    return undefined;
  }
}

async function works(python) {
  return run(python, ['-c', 'from mcp import Client']).then(
    () => true,
    () => false,
  );
}
