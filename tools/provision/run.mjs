import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Runs a program to its end and gives what it printed; rejects with its own last words (all of
 * them as `lines`) when it fails, and when it is not there.
 */
export function run(command, args, { timeoutMs = 300_000, input = '', ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: timeoutMs, ...options });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(stdout);
      const lines = (stderr || stdout).trim().split('\n');
      const error = new Error(`${path.basename(command)} ended with ${signal ?? code}: ${lines.slice(-3).join(' | ')}`);
      reject(Object.assign(error, { lines }));
    });
  });
}

// Debian keeps servers outside the PATH of ordinary users, and Homebrew's folder is missing from the PATH of GUI shells.
const usualFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The first executable of that name on PATH, in the usual server folders or in `more`; undefined when there is none. */
export function findProgram(name, more = []) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...usualFolders, ...more];
  const files = folders.filter(Boolean).map((folder) => path.join(folder, executable(name)));
  return files.find(isExecutable);
}

export const executable = (name) => (process.platform === 'win32' ? `${name}.exe` : name);

export function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
