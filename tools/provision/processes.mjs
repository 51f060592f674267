import fs from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';

const stopWaitMs = 30_000;
const logMaxBytes = 20_000_000;

/** Whether a child process of this one has ended. */
export const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

/** Resolves once a child process of this one has ended. */
export const ended = (child) =>
  hasEnded(child) ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()));

/** Asks a child process to end, and after 30 s makes it; resolves once it has ended. */
export async function end(child, signal) {
  if (hasEnded(child)) return;
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), stopWaitMs);
  await ended(child);
  clearTimeout(force);
}

/** Opens the log in a process's folder for appending; one grown too long is set aside first. */
export function openLog(folder) {
  const file = path.join(folder, 'log');
  if (fs.existsSync(file) && fs.statSync(file).size > logMaxBytes) fs.renameSync(file, `${file}.old`);
  return fs.openSync(file, 'a', 0o600);
}

export const lastLines = (folder, count) =>
  fs.readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n').slice(-count).join('\n');

/** Notes in a process's folder how a later run can know and end it, should its starter be killed. */
export function recordProcess(folder, { pid, mark, signal }) {
  fs.writeFileSync(path.join(folder, 'pid'), JSON.stringify({ pid, mark, signal }), { mode: 0o600 });
}

/** The process noted in a folder, or undefined. */
export function recordedProcess(folder) {
  const file = path.join(folder, 'pid');
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
}

export const forgetProcess = (folder) => fs.rmSync(path.join(folder, 'pid'), { force: true });

/** Whether process `pid` runs and its command line holds `mark`: a pid alone may have been given to a stranger since. */
export async function isRunning({ pid, mark }) {
  return Number.isInteger(pid) && pid > 0 && (await commandLine(pid)).includes(mark);
}

async function commandLine(pid) {
  const file = `/proc/${pid}/cmdline`;
  if (fs.existsSync('/proc/self'))
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').replaceAll('\0', ' ') : '';
  return run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => '');
}
