import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, buildIsStale } from '../../tools/launcher/build.mjs';
import { makeFolder, makeRunFolder, stateFolder } from '../../tools/provision/places.mjs';
import { claim, sweepProcesses, sweepRuns } from '../../tools/provision/sweep.mjs';
import { counted } from '../../tools/testing/stages.mjs';
import { faultsSuite } from './faults.suite.mjs';
import { drawSeed } from './random.mjs';
import { printVerdict } from './report.mjs';

const clone = path.join(import.meta.dirname, '..', '..');
/** Longer than any part takes that goes well. */
const partWaitMs = 480_000;

const suites = { faults: { run: faultsSuite, seeds: 3 } };

const { values } = parseArgs({
  options: {
    suite: { type: 'string' },
    seed: { type: 'string' },
    seeds: { type: 'string' },
    verbose: { type: 'boolean' },
  },
});
const wanted = values.suite === undefined ? Object.keys(suites) : values.suite.split(',');
const unknown = wanted.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0)
  throw new Error(`there is no suite ${unknown.join(', ')}; there is ${Object.keys(suites).join(', ')}`);

// What the product reads of its environment: the receiver is on this machine, limits are not what is tried here.
Object.assign(process.env, {
  // The heap that a container of the chart gets: on a larger machine V8 would keep what it need not.
  NODE_OPTIONS: '--max-old-space-size=256',
  SCM_EGRESS_ALLOW: '127.0.0.1',
  SCM_DELIVERY_SCHEDULE_SECONDS: '0.3,0.6,1.2,2.4,4.8',
  SCM_ACTOR_REQUESTS_PER_MINUTE: '10000000',
  SCM_ADDRESS_REQUESTS_PER_MINUTE: '10000000',
});

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => interrupted.abort(new Error(`got ${signal}`)));

if (buildIsStale(clone)) await build(clone);
await sweepRuns(stateFolder(clone));
const total = { passed: 0, failed: 0, skipped: 0 };
for (const name of wanted) {
  const seeds =
    values.seed?.split(',').map(Number) ?? Array.from({ length: Number(values.seeds ?? suites[name].seeds) }, drawSeed);
  console.log(`${name}: seeds ${seeds.join(', ')}`);
  for (const seed of seeds) if (!interrupted.signal.aborted) await runPart(name, seed);
}
console.log(counted(total));
process.exitCode = interrupted.signal.aborted || total.failed > 0 || total.passed === 0 ? 1 : 0;

/** One seed of one suite, in a folder of its own of which nothing is left. */
async function runPart(name, seed) {
  const startedMs = performance.now();
  const folder = makeRunFolder(clone);
  await claim(folder, path.basename(import.meta.filename));
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(partWaitMs)]);
  const log = (line) => values.verbose && console.error(`${new Date().toISOString()} ${line}`);
  let violations;
  try {
    violations = await suites[name].run({ clone, folder: makeFolder(path.join(folder, 'data')), seed, signal, log });
  } catch (error) {
    violations = [error.stack ?? String(error)];
  } finally {
    await sweepProcesses(path.join(folder, 'data'));
    if (values.verbose)
      fs.cpSync(path.join(folder, 'data'), path.join('/tmp/chaos-logs', String(seed)), {
        recursive: true,
        filter: (file) => !/postgres\/data|jetstream/.test(file),
      });
    fs.rmSync(folder, { recursive: true, force: true });
  }
  total[violations.length === 0 ? 'passed' : 'failed']++;
  printVerdict(`${name}, seed ${seed}`, violations, performance.now() - startedMs);
}
