import fs from 'node:fs';
import path from 'node:path';
import { makeFolder, makeRunFolder, stateFolder } from '../provision/places.mjs';
import { claim, release, sweepProcesses, sweepRuns } from '../provision/sweep.mjs';
import { banner } from './banner.mjs';
import { build, buildIsStale } from './build.mjs';
import { startInstance } from './instance.mjs';
import { checkMainJob } from './once.mjs';
import { readOptions, usage } from './options.mjs';
import { checkPort } from './port.mjs';
import { announce, progress } from './progress.mjs';
import { describeRun, runFile, writeRunFile } from './run-file.mjs';
import { seed } from './seed.mjs';

/** `npm start`: builds, starts and keeps an instance running until it is told to stop; gives the exit code. */
export async function up({ clone, script, startedAtMs }) {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) return console.log(usage) ?? 0;
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupted.abort(new Interrupted()));
  const context = { clone, script, startedAtMs, options, signal: interrupted.signal };
  try {
    return options.once || options.private ? await runPrivately(context) : await runLastingly(context);
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  }
}

class Interrupted extends Error {}

/** The instance of the clone: a stable port, data that last. */
async function runLastingly(context) {
  const { clone, script, options } = context;
  const folder = makeFolder(path.join(stateFolder(clone), 'data'));
  const owner = await claim(folder, path.basename(script));
  if (owner) throw new Error(`it runs already (pid ${owner}), see ${runFile(clone)}; \`npm run stop\` stops it`);
  try {
    const file = options.runFile ?? runFile(clone);
    fs.rmSync(file, { force: true });
    await sweep([folder], clone);
    if (options.fresh) empty(folder);
    await checkPort(options);
    const gateway = { host: options.host, port: options.port };
    return await serve({ ...context, folder, gateway, env: process.env, file });
  } finally {
    release(folder);
  }
}

/** An instance of its own servers, data and port, of which nothing is left. */
async function runPrivately(context) {
  const { clone, script, options } = context;
  const folder = makeRunFolder(clone);
  await claim(folder, path.basename(script));
  try {
    await sweep([], clone);
    const file = options.runFile ?? path.join(folder, 'run.json');
    return await serve({ ...context, folder, gateway: { host: '127.0.0.1', port: 0 }, env: {}, file });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const replicasOf = ({ workers, protocols }) => ({ 'step-workers': workers, 'mcp-protocol': protocols });

async function serve(context) {
  const { clone, folder, gateway, env, file, options, signal, startedAtMs } = context;
  if (buildIsStale(clone)) await progress('build', () => build(clone));
  signal.throwIfAborted();
  let run;
  const log = (line) => {
    announce(`${new Date().toISOString()} ${line}`);
    if (run) writeRunFile(file, describeRun(run));
  };
  const start = { clone, folder, gateway, replicas: replicasOf(options), env, progress, log, signal };
  const instance = await startInstance(start);
  try {
    const readyMs = Date.now() - startedAtMs;
    const apiKey = await progress('demo', () => seed({ folder, ...instance }));
    run = { ...instance, folder, apiKey };
    writeRunFile(file, describeRun(run));
    if (options.once) return await checkMainJob(describeRun(run), { readyMs, signal });
    console.log(banner(describeRun(run), readyMs));
    await aborted(signal);
    return 0;
  } finally {
    run = undefined;
    await progress('stop', () => instance.stop());
    fs.rmSync(file, { force: true });
  }
}

async function sweep(folders, clone) {
  const swept = await sweepRuns(stateFolder(clone));
  for (const folder of folders) swept.push(...(await sweepProcesses(folder)));
  if (swept.length > 0) announce(`ended what a killed run had left: ${swept.join(', ')}`);
}

function empty(folder) {
  for (const name of fs.readdirSync(folder).filter((entry) => entry !== 'owner.json')) {
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

const aborted = (signal) =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', resolve, { once: true })));
