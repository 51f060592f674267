// npm run test:promql [-- --profile short | --queries 20000 | --engine | --seed 7 --end 2026-01-01T00:00:00Z]: the same queries to Debian's Prometheus and to the product.
import { parseArgs } from 'node:util';
import { startProduct } from '../bench/product.mjs';
import { drawSeed, randomFrom } from '../chaos/random.mjs';
import { compare } from './compare.mjs';
import { makeSeries } from './data.mjs';
import { differenceOf } from './differences.mjs';
import { generator } from './generate.mjs';
import { startPrometheus } from './prometheus.mjs';
import { remoteWrite } from './remote-write.mjs';
import { engineSide, httpSide } from './sides.mjs';
import { templateQueries } from './templates.mjs';

const { values: options } = parseArgs({
  options: {
    profile: { type: 'string', default: 'full' },
    engine: { type: 'boolean', default: false },
    seed: { type: 'string' },
    end: { type: 'string' },
    queries: { type: 'string' },
  },
});
const count = Number(options.queries ?? (options.profile === 'short' ? 1_000 : 10_000));
const seed = Number(options.seed ?? drawSeed());
const atOnce = 4;
const maxShown = 20;

const random = randomFrom(seed);
const endMs = options.end ? Date.parse(options.end) : Math.floor(Date.now() / 60_000) * 60_000;
const series = makeSeries(random, endMs);
console.log(`--seed ${seed} --end ${new Date(endMs).toISOString()}: ${series.length} series`);

const prometheus = await startPrometheus();
if (prometheus) await against(prometheus);
else console.log('Debian’s prometheus cannot be had here\n\n0 passed, 0 failed, 1 skipped');

async function against({ url, stop }) {
  let product;
  try {
    await remoteWrite(`${url}/api/v1/write`, {}, series);
    if (!options.engine) product = await startFilled();
    const sides = [httpSide(url), product?.ask ?? engineSide(series)];
    const total = { passed: 0, failed: 0, skipped: 0, refused: 0 };
    const templates = templateQueries();
    if (templates) await run(`${templates.templates} templates`, templates.queries.map(asRange), sides, total);
    else total.skipped++;
    const next = generator(random, endMs / 1_000);
    await run(
      'generated',
      Array.from({ length: count }, () => askedAt(next())),
      sides,
      total,
    );
    process.exitCode = total.failed === 0 ? 0 : 1;
    console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  } finally {
    await product?.stop();
    await stop();
  }
}

/** The product with the same samples through the same kind of door, answering as Prometheus 2 did. */
async function startFilled() {
  const product = await startProduct({ env: { SCM_PROMQL_COMPAT: '2.x', SCM_HOST_COLLECTOR: 'false' } });
  const headers = { authorization: `Bearer ${product.apiKey}` };
  try {
    await remoteWrite(`${product.gatewayUrl}/prometheus/api/v1/write`, headers, series);
  } catch (error) {
    await product.stop();
    throw error;
  }
  return { ask: httpSide(`${product.gatewayUrl}/prometheus`, headers), stop: product.stop };
}

/** As the compliance test asks: ten minutes, by ten seconds. */
function asRange(query) {
  return { query, startMs: endMs - 660_000, endMs: endMs - 60_000, stepMs: 10_000 };
}

function askedAt(query) {
  const lastMs = endMs - Math.floor(random.next() * 5_000) * 1_000;
  if (random.chance(0.3)) return { query, startMs: lastMs, endMs: lastMs, stepMs: 0 };
  const stepMs = [7_000, 15_000, 60_000, 300_000][Math.floor(random.next() * 4)];
  return { query, startMs: lastMs - stepMs * Math.floor(1 + random.next() * 20), endMs: lastMs, stepMs };
}

async function run(what, asks, sides, total) {
  const startedMs = performance.now();
  const before = { ...total };
  const excluded = new Map();
  const rest = asks.values();
  const lane = async () => {
    for (const ask of rest) {
      const reason = differenceOf(ask.query);
      if (reason) {
        total.skipped++;
        excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
        continue;
      }
      const answers = await Promise.all(sides.map((side) => side(ask)));
      const difference = compare(...answers);
      if (answers[0].status === 'error') total.refused++;
      if (difference === undefined) total.passed++;
      else report(ask, difference, total);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
  const [passed, failed, refused] = ['passed', 'failed', 'refused'].map((name) => total[name] - before[name]);
  console.log(`${what}: ${passed} same, ${failed} different, of which both refuse ${refused}; ${seconds} s`);
  for (const [reason, times] of excluded) console.log(`  not compared ${times}: ${reason}`);
}

function report({ query, startMs, endMs: lastMs, stepMs }, difference, total) {
  total.failed++;
  if (total.failed > maxShown) return;
  console.log(`\n${query}\n  ${startMs / 1_000}..${lastMs / 1_000} by ${stepMs / 1_000}: ${difference}`);
}
