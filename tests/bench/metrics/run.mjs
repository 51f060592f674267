import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withCpu } from '../cpu.mjs';
import { clone } from '../product.mjs';
import { printRows, row, writeRows } from '../report.mjs';
import { median, repeat } from '../statistics.mjs';
import { startPrometheus, startVictoria } from './peers.mjs';
import { startOwn } from './product.engine.mjs';
import { askAll, questions } from './queries.mjs';
import { encodeBodies } from './remote-write.mjs';
import { makeSeries, seriesCount, stepMs } from './samples.mjs';
import { sendAll } from './send.mjs';

/** Two hours: a full chunk of each series. */
const scrapes = 480;
const samples = seriesCount * scrapes;
/** So old that all of it may be sealed. */
const sealedAgeMs = 1_200_000;
const limitMs = 1_800_000;
const seed = Number(process.env.SCM_SEED ?? Math.floor(Math.random() * 2 ** 31));

// Every process ends with this one, also when this one is killed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
setTimeout(() => {
  throw new Error(`the bench did not end in ${limitMs / 1_000} s`);
}, limitMs).unref();

console.log(`SCM_SEED=${seed}: ${samples} samples a run, three runs`);
const startedMs = performance.now();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'scm-bench-metrics-'));
const running = [];
const started = async (start) => {
  const engine = await start();
  running.push(engine);
  return engine;
};
const ended = async (engine) => {
  running.splice(running.indexOf(engine), 1);
  await engine.stop();
};
const peerNames = ['Prometheus', 'VictoriaMetrics'];

try {
  const own = await started(() => startOwn());
  const rounds = await repeat((round) => measure(own, `run-${round}`, round));
  const logBytes = (await own.bytesInLog()) / (rounds.length * samples);
  await ended(own);
  const sealed = await measureSealed(await started(() => startOwn({ isSealing: true })));
  const rows = [...writeRowsOf(own, rounds), ...restRows(sealed, logBytes, rounds), ...queryRows(sealed, rounds)];
  writeRows(path.join(clone, '.scm', 'bench'), 'metrics', rows);
  printRows('metrics', rows, performance.now() - startedMs);
} finally {
  for (const engine of [...running].reverse()) await ended(engine);
  fs.rmSync(folder, { recursive: true, force: true });
}

/** The same samples into all of them, one after the other, and the same questions; peers begin empty each time. */
async function measure(own, run, round) {
  const endMs = Date.now();
  const bodies = encodeBodies(makeSeries(run, seed + round), { scrapes, startMs: endMs - scrapes * stepMs });
  const found = { SCM: await measureOne(own) };
  for (const start of [startPrometheus, startVictoria]) {
    const peer = await started(() => start(fs.mkdtempSync(path.join(folder, 'peer-'))));
    found[peer.name] = { ...(await measureOne(peer)), bytes: (await peer.bytesAtRest()) / samples };
    await ended(peer);
  }
  return found;

  async function measureOne(engine) {
    const written = await withCpu(engine.pids, () => sendAll(engine, bodies));
    console.log(`${run}: ${engine.name} took ${samples} samples in ${(written.elapsedMs / 1_000).toFixed(1)} s`);
    return { written, asked: await askAll(engine, run, endMs - stepMs) };
  }
}

async function measureSealed(engine) {
  const endMs = Date.now() - sealedAgeMs;
  await sendAll(engine, encodeBodies(makeSeries('sealed', seed), { scrapes, startMs: endMs - scrapes * stepMs }));
  const bytes = (await engine.bytesAtRest()) / samples;
  return { bytes, asked: await askAll(engine, 'sealed', endMs - stepMs) };
}

function writeRowsOf(own, rounds) {
  const of = (name, read) => median(rounds.map((round) => read(round[name].written)));
  const wall = ({ elapsedMs }) => (samples / elapsedMs) * 1_000;
  const core = ({ total }) => samples / total;
  const micros = (process) => of('SCM', ({ seconds }) => (seconds[process] * 1e6) / samples);
  return [
    ...peerNames.map((peer) => row('durable samples', of('SCM', wall), '/s', peer, of(peer, wall))),
    ...peerNames.map((peer) => row('durable samples a core-second', of('SCM', core), '/s', peer, of(peer, core))),
    ...Object.keys(own.pids).map((process) => row(`CPU: ${process}`, micros(process), 'µs/sample')),
  ];
}

function restRows(sealed, logBytes, rounds) {
  const of = (peer) => median(rounds.map((round) => round[peer].bytes));
  return [
    ...peerNames.map((peer) => row('at rest, sealed', sealed.bytes, 'B/sample', peer, of(peer))),
    row('in the log, until sealed', logBytes, 'B/sample'),
  ];
}

function queryRows(sealed, rounds) {
  return Object.keys(questions).flatMap((name) => {
    const of = (engine) => median(rounds.map((round) => round[engine].asked[name]));
    return peerNames.flatMap((peer) => [
      row(`1 h, ${name}`, of('SCM'), 'ms', peer, of(peer)),
      row(`1 h, ${name}, sealed`, sealed.asked[name], 'ms', peer, of(peer)),
    ]);
  });
}
