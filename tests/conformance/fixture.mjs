import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const main = path.join(import.meta.dirname, 'fixture', 'main.mjs');

/** The command of the fixture over stdio. */
export const stdioCommand = [process.execPath, main, '--stdio'];

/** Starts the fixture as a child on a port of the kernel's choice: of one revision, or of both eras. */
export async function startFixture(revision) {
  const child = spawn(process.execPath, [main, ...(revision ? ['--revision', revision] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the fixture ended with ${code}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
