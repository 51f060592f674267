import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetProcess, isRunning, recordedProcess } from './processes.mjs';

const politeMs = 8_000;

/** Ends the processes noted in the subfolders of `folder`, whose starter died without stopping them; gives their names. */
export async function sweepProcesses(folder) {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const ends = await Promise.all(names.map((name) => sweepProcess(path.join(folder, name))));
  return names.filter((_, index) => ends[index]);
}

async function sweepProcess(folder) {
  const stray = recordedProcess(folder);
  if (!stray) return false;
  const swept = await endStray(stray);
  forgetProcess(folder);
  return swept;
}

async function endStray(stray) {
  if (!(await isRunning(stray))) return false;
  process.kill(stray.pid, stray.signal);
  for (let waitedMs = 0; await isRunning(stray); waitedMs += 20) {
    if (waitedMs === politeMs) process.kill(stray.pid, 'SIGKILL');
    await sleep(20);
  }
  return true;
}

/** Ends the processes and removes the folders of private runs whose owner died; gives the names of what it ended. */
export async function sweepRuns(stateFolder) {
  const swept = [];
  const names = fs.existsSync(stateFolder) ? fs.readdirSync(stateFolder).filter((name) => name.startsWith('run-')) : [];
  for (const folder of names.map((name) => path.join(stateFolder, name))) {
    if (isYoung(folder) || (await ownerOf(folder))) continue;
    swept.push(...(await sweepProcesses(folder)));
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return swept;
}

// A folder without an owner may belong to a run that is just about to write its name into it.
const isYoung = (folder) => !fs.existsSync(ownerFile(folder)) && Date.now() - fs.statSync(folder).mtimeMs < 10_000;

/**
 * Makes this process the owner of a folder of data, recognised by `mark` in its command line.
 * @returns the pid of the living owner when there is one already, undefined when it is ours now
 */
export async function claim(folder, mark) {
  for (;;) {
    try {
      fs.writeFileSync(ownerFile(folder), JSON.stringify({ pid: process.pid, mark }), { mode: 0o600, flag: 'wx' });
      return undefined;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = await ownerOf(folder);
    if (owner) return owner;
    release(folder);
  }
}

export const release = (folder) => fs.rmSync(ownerFile(folder), { force: true });

/** The pid of the living process that owns a folder, or undefined. */
export async function ownerOf(folder) {
  if (!fs.existsSync(ownerFile(folder))) return undefined;
  const owner = JSON.parse(fs.readFileSync(ownerFile(folder), 'utf8'));
  return (await isRunning(owner)) ? owner.pid : undefined;
}

const ownerFile = (folder) => path.join(folder, 'owner.json');
