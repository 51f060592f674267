import path from 'node:path';
import { runToCode } from '../launcher/install.mjs';
import { runJest } from './jest.mjs';

const tool =
  (command, ...args) =>
  async ({ clone, env, signal }) => {
    const code = await runToCode(path.join(clone, 'node_modules', '.bin', command), args, { cwd: clone, env, signal });
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  };

const jest =
  (project, ...args) =>
  (context) =>
    runJest(context, project, args);

/** What sends rubbish and floods takes its time, and is `npm run test:hostile`. */
const hostile = 'abuse|bad-input';

/** Every stage of `npm test`, in order. */
export const allStages = {
  format: tool('prettier', '--check', '--log-level', 'warn', '.'),
  lint: tool('oxlint', '--type-aware', '--deny-warnings'),
  types: tool('tsc', '-b'),
  unit: jest('unit'),
  integration: jest('integration'),
  e2e: jest('e2e', '--runInBand', `/tests/(?!${hostile})`),
};

/** The stages for the jest files whose path matches; those under tests/ use the built product, so it is built first. */
export const stagesFor = (pattern) =>
  pattern.startsWith('tests/')
    ? { types: allStages.types, e2e: jest('e2e', '--runInBand', pattern) }
    : { unit: jest('unit', pattern), integration: jest('integration', pattern) };

/** Runs stages one after another, also after a failure, and prints how long each took; gives the summed counts. */
export async function runStages(stages, context) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, stage] of Object.entries(stages)) {
    if (context.signal.aborted) break;
    console.log(`\n== ${name}`);
    const startedMs = Date.now();
    const counts = await stage(context).catch(asFailure);
    for (const key of Object.keys(total)) total[key] += counts[key];
    console.log(`-- ${name}: ${counted(counts)} in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  }
  return total;
}

export const counted = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

function asFailure(error) {
  console.error(error.message);
  return { passed: 0, failed: 1, skipped: 0 };
}
