import fs from 'node:fs';
import path from 'node:path';
import { build, buildIsStale } from '../../tools/launcher/build.mjs';
import { makeRunFolder, stateFolder } from '../../tools/provision/places.mjs';
import { claim, sweepProcesses, sweepRuns } from '../../tools/provision/sweep.mjs';
import { counted } from '../../tools/testing/stages.mjs';
import { controlsSuite } from './controls.suite.mjs';
import { sweepDisks, whyNoDisk } from './disk.mjs';
import { epochSuite } from './epoch.suite.mjs';
import { faultsSuite } from './faults.suite.mjs';
import { readOptions, usage } from './options.mjs';
import { powerLossSuite } from './power-loss.suite.mjs';
import { drawSeed } from './random.mjs';
import { printVerdict } from './report.mjs';
import { workflowSuite } from './workflow.suite.mjs';

const clone = path.join(import.meta.dirname, '..', '..');
/** Longer than any part takes that goes well. */
const partWaitMs = 480_000;

const suites = {
  faults: { run: faultsSuite },
  'power-loss': { run: powerLossSuite, whyNot: whyNoDisk },
  epoch: { run: epochSuite },
  workflow: { run: workflowSuite },
  controls: { run: controlsSuite },
};

/** What the product reads: the receiver is on this machine, tries are few, limits are not what is tried here. */
const environment = {
  // The heap that a container of the chart gets: on a larger machine V8 would keep what it need not.
  NODE_OPTIONS: `--max-old-space-size=256 --expose-gc --import ${new URL('collect.mjs', import.meta.url).href}`,
  // As in the image.
  MALLOC_ARENA_MAX: '2',
  SCM_EGRESS_ALLOW: '127.0.0.1',
  SCM_DELIVERY_SCHEDULE_SECONDS: '0.2,0.4,0.8,1.6',
  SCM_ACTOR_REQUESTS_PER_MINUTE: '10000000',
  SCM_ADDRESS_REQUESTS_PER_MINUTE: '10000000',
};

const options = readOptions(process.argv.slice(2));
if (options.help) console.log(usage);
else await runAll();

async function runAll() {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => interrupted.abort(new Error(`got ${name}`)));
  Object.assign(process.env, environment);
  if (buildIsStale(clone)) await build(clone);
  await sweepDisks(stateFolder(clone));
  await sweepRuns(stateFolder(clone));
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, count] of Object.entries(options.suites)) {
    if (interrupted.signal.aborted) break;
    const seeds = options.seeds ?? Array.from({ length: count }, drawSeed);
    console.log(`\n== ${name}, seeds ${seeds.join(', ')}`);
    for (const seed of seeds) if (!interrupted.signal.aborted) total[await runPart(name, seed, interrupted.signal)]++;
  }
  if (interrupted.signal.aborted || total.failed > 0 || total.passed === 0) process.exitCode = 1;
  console.log(`\n${counted(total)}`);
}

/** One seed of one suite in a folder of its own, of which nothing is left: `passed`, `failed` or `skipped`. */
async function runPart(name, seed, interrupted) {
  const startedMs = performance.now();
  const folder = makeRunFolder(clone);
  process.env.CHAOS_USAGE_FOLDER = folder;
  await claim(folder, path.basename(import.meta.filename));
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(partWaitMs)]);
  const log = (line) => options.verbose && console.error(`${new Date().toISOString()} ${line}`);
  try {
    const reason = await suites[name].whyNot?.(folder);
    if (reason) return console.log(`- ${name}, seed ${seed}: skipped, ${reason}`) ?? 'skipped';
    const violations = await suites[name].run({ clone, folder, seed, signal, log }).catch(asViolation);
    printVerdict(`${name}, seed ${seed}`, violations, performance.now() - startedMs);
    return violations.length === 0 ? 'passed' : 'failed';
  } finally {
    await sweepProcesses(folder);
    if (options.logs) keepLogs(folder, path.join(options.logs, `${name}-${seed}`));
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function asViolation(error) {
  return [error.stack ?? String(error)];
}

function keepLogs(folder, kept) {
  for (const name of fs.readdirSync(folder).filter((entry) => fs.existsSync(path.join(folder, entry, 'log')))) {
    fs.mkdirSync(kept, { recursive: true });
    fs.copyFileSync(path.join(folder, name, 'log'), path.join(kept, `${name}.log`));
  }
}
