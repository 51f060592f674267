import fs from 'node:fs';
import path from 'node:path';
import { makeRunFolder } from '../../../tools/provision/places.mjs';
import { claim } from '../../../tools/provision/sweep.mjs';
import { clone, startProduct } from '../product.mjs';
import { printRows, writeRows } from '../report.mjs';
import { repeat } from '../statistics.mjs';
import { dbosEngines } from './dbos.engine.mjs';
import { measure, summary } from './measure.mjs';
import { peerPackages } from './packages.mjs';
import { productEngines } from './product.engine.mjs';
import { restateEngine } from './restate.engine.mjs';
import { rowsOf } from './rows.mjs';
import { temporalEngine } from './temporal.engine.mjs';

/** The first run installs and builds the peers. */
const limitMs = 1_800_000;

// Every process ends with the channel to this one; servers of peers are swept by the next private start.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
setTimeout(() => {
  throw new Error(`the bench did not end in ${limitMs / 1_000} s`);
}, limitMs).unref();

const startedMs = performance.now();
const folder = makeRunFolder(clone);
await claim(folder, path.basename(import.meta.filename));
const running = [];
const started = async (start) => {
  const one = await start;
  running.push(one);
  return one.engines ?? one;
};
const unlessMissing = (name, start) =>
  start().catch((error) => {
    console.log(`skipped: ${name}: ${error.message.split('\n')[0]}`);
    return [];
  });

try {
  const product = await started(startProduct());
  const own = await started(productEngines(product));
  const peer = (name, start) =>
    unlessMissing(name, async () => started(start({ packages: await peerPackages(), folder })));
  const peers = [
    ...(await peer('Restate', restateEngine)),
    ...(await peer('DBOS', dbosEngines)),
    ...(await peer('Temporal', temporalEngine)),
  ];
  // Round by round, so that what else the machine does meets all of them alike.
  const engines = [...own, ...peers];
  const rounds = await repeat(async () => {
    const round = new Map();
    for (const engine of engines) round.set(engine, await measure(engine));
    return round;
  });
  const summed = (list) => list.map((one) => ({ name: one.name, of: summary(rounds.map((round) => round.get(one))) }));
  const rows = rowsOf(summed(own), summed(peers));
  writeRows(path.join(clone, '.scm', 'bench'), 'workflow', rows);
  printRows('workflow', rows, performance.now() - startedMs);
} finally {
  for (const one of running.reverse()) await one.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
