import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './run.mjs';

/** Whether process `pid` runs and its command line holds `mark`: a pid alone may have been given to a stranger since. */
export async function isRunning(pid, mark) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  return (await commandLine(pid)).includes(mark);
}

async function commandLine(pid) {
  const file = `/proc/${pid}/cmdline`;
  if (fs.existsSync('/proc/self'))
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').replaceAll('\0', ' ') : '';
  return run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => '');
}

/** Ends the servers whose folders lie in `folder` and whose starter died without stopping them; gives their names. */
export async function sweepServers(folder) {
  const swept = [];
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    const file = path.join(folder, name, 'pid');
    if (!fs.existsSync(file)) continue;
    const pid = Number(fs.readFileSync(file, 'utf8'));
    if (await endStray(pid, path.join(folder, name))) swept.push(name);
    fs.rmSync(file, { force: true });
  }
  return swept;
}

async function endStray(pid, mark) {
  if (!(await isRunning(pid, mark))) return false;
  // SIGINT is what Postgres takes for "stop now, cleanly"; the other two stop on it as well.
  process.kill(pid, 'SIGINT');
  for (let waited = 0; await isRunning(pid, mark); waited += 20) {
    if (waited === 5000) process.kill(pid, 'SIGKILL');
    await sleep(20);
  }
  return true;
}

/** Marks a run folder as in use by this process, recognised by `mark` in its command line. */
export function own(folder, mark) {
  fs.writeFileSync(path.join(folder, 'owner.json'), JSON.stringify({ pid: process.pid, mark }), { mode: 0o600 });
}

/** The pid of the living process that uses a run folder, or undefined. */
export async function ownerOf(folder) {
  const file = path.join(folder, 'owner.json');
  if (!fs.existsSync(file)) return undefined;
  const { pid, mark } = JSON.parse(fs.readFileSync(file, 'utf8'));
  return (await isRunning(pid, mark)) ? pid : undefined;
}

/** Ends the servers and removes the folders of private runs whose owner died; gives the names of what it ended. */
export async function sweepRuns(stateFolder) {
  const swept = [];
  const names = fs.existsSync(stateFolder) ? fs.readdirSync(stateFolder).filter((name) => name.startsWith('run-')) : [];
  for (const folder of names.map((name) => path.join(stateFolder, name))) {
    if (isYoung(folder) || (await ownerOf(folder))) continue;
    swept.push(...(await sweepServers(folder)));
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return swept;
}

// A folder without an owner may belong to a run that is just about to write its name into it.
const isYoung = (folder) =>
  !fs.existsSync(path.join(folder, 'owner.json')) && Date.now() - fs.statSync(folder).mtimeMs < 10_000;
