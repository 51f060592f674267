import path from 'node:path';
import { findProgram, run } from './run.mjs';

/** Installs a formula with Homebrew where there is one, and gives the path of the program of that name. */
export async function brewInstall(formula, program = formula) {
  const brew = findProgram('brew');
  if (!brew) throw new Error('this system has no brew');
  await run(brew, ['install', '--quiet', formula], { timeoutMs: 600_000 });
  const prefix = (await run(brew, ['--prefix', formula])).trim();
  return findProgram(program, [path.join(prefix, 'bin')]);
}
