import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordProcess } from './processes.mjs';
import { claim, ownerOf, sweepProcesses, sweepRuns } from './sweep.mjs';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scm-sweep-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process that waits, with `mark` in its command line, noted in `folder` under `name`. */
async function stray(name: string, mark: string, notedMark = mark): Promise<ChildProcess> {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', mark]);
  children.push(child);
  await once(child, 'spawn');
  recordProcess(place, { pid: child.pid, mark: notedMark, signal: 'SIGTERM' });
  return child;
}

describe('sweeping', () => {
  it('ends what a killed run left and forgets it', async () => {
    const child = await stray('nats', 'mark-of-nats');
    const end = once(child, 'exit');
    expect(await sweepProcesses(folder)).toEqual(['nats']);
    await end;
    expect(existsSync(join(folder, 'nats', 'pid'))).toBe(false);
    expect(await sweepProcesses(folder)).toEqual([]);
  });

  it('leaves a stranger alone who got the pid', async () => {
    const child = await stray('redis', 'someone-else', 'mark-of-redis');
    expect(await sweepProcesses(folder)).toEqual([]);
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('gives a folder to one owner at a time, and a dead owner’s to the next', async () => {
    expect(await claim(folder, process.execPath)).toBeUndefined();
    expect(await claim(folder, process.execPath)).toBe(process.pid);
    expect(await ownerOf(folder)).toBe(process.pid);
  });

  it('takes over from an owner whose pid now is somebody else’s', async () => {
    expect(await claim(folder, 'not-in-any-command-line')).toBeUndefined();
    expect(await claim(folder, process.execPath)).toBeUndefined();
  });

  it('removes the folders of dead runs and keeps those of living ones', async () => {
    const [dead, living] = ['run-dead', 'run-living'].map((name) => join(folder, name));
    for (const run of [dead, living]) mkdirSync(run as string);
    await claim(dead as string, 'not-in-any-command-line');
    await claim(living as string, process.execPath);
    const child = await stray('run-dead/postgres', 'mark-of-postgres');
    const end = once(child, 'exit');
    expect(await sweepRuns(folder)).toEqual(['postgres']);
    await end;
    expect([dead, living].map((run) => existsSync(run as string))).toEqual([false, true]);
  });
});
