import fs from 'node:fs';
import path from 'node:path';
import { runToCode } from '../launcher/install.mjs';

/** Runs one jest project on this terminal; gives its counts, where a file that does not even load counts as a failure. */
export async function runJest({ clone, env, folder, signal }, project, args) {
  const results = path.join(folder, `${project}.json`);
  const jest = path.join(clone, 'node_modules', 'jest', 'bin', 'jest.js');
  const reporting = ['--json', '--outputFile', results, '--passWithNoTests'];
  const code = await runToCode(process.execPath, [jest, '--selectProjects', project, ...reporting, ...args], {
    cwd: clone,
    env: { ...env, NODE_OPTIONS: nodeOptions(env) },
    signal,
    // With --json jest repeats all results on stdout; people read what it writes to stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return counts(JSON.parse(fs.readFileSync(results, 'utf8')), code);
}

const nodeOptions = ({ NODE_OPTIONS = '' }) =>
  `${NODE_OPTIONS} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim();

function counts(results, code) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}
