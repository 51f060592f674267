// npm run test:conformance [-- --direct | --client] [-- --replicas 3]: the official suite through the whole product to an upstream of ours.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startFixture } from './fixture.mjs';
import { startAsClient, startConformant } from './product.mjs';
import { printTable, printTotals } from './report.mjs';
import { clientScenarios, otherClientScenarios, runClientScenario, runServerSuite } from './suite.mjs';

const revisions = ['2025-11-25', '2026-07-28'];

const { values } = parseArgs({
  options: {
    direct: { type: 'boolean', default: false },
    client: { type: 'boolean', default: false },
    replicas: { type: 'string', default: '1' },
    scenario: { type: 'string' },
    name: { type: 'string' },
  },
});
const rows = await wanted();
printTable(rows);
process.exitCode = printTotals(rows) ? 0 : 1;

async function wanted() {
  if (values.direct) return direct();
  const asClient = values.scenario ? [] : await connectorAsClient();
  return values.client ? asClient : [...(await throughTheProduct(Number(values.replicas))), ...asClient];
}

/** The other way round: the suite's servers see the product's connector as their client. */
async function connectorAsClient() {
  const product = await startAsClient();
  try {
    const rows = [];
    for (const revision of revisions) {
      const names = await clientScenarios(revision);
      rows.push(
        await clientRow(
          revision,
          names.map((name) => ({ name, revision })),
          product,
        ),
      );
    }
    rows.push(await clientRow('not scored', await otherClientScenarios(revisions), product));
    return rows;
  } finally {
    await product.stop();
  }
}

async function clientRow(requirements, wanted, product) {
  const scenarios = [];
  for (const { name, revision } of wanted.filter(({ name }) => [undefined, name].includes(values.name)))
    scenarios.push(await asClient(name, revision, product));
  return { what: 'connector as client', requirements, upstream: "the suite's", scenarios };
}

/** What wants OAuth is reached through the whole product, which keeps what it gets; the rest by the connector alone. */
function asClient(name, revision, { env }) {
  const main = name.startsWith('auth/') ? 'through-product.mjs' : 'main.mjs';
  return runClientScenario(
    `${process.execPath} ${path.join(import.meta.dirname, 'client', main)}`,
    name,
    revision,
    env,
  );
}

/** The fixture itself, so that what fails behind the product is the product's fault. */
async function direct() {
  const rows = [];
  for (const revision of revisions) {
    rows.push(
      await withFixture(revision, async ({ url }) => {
        const { scenarios } = await runServerSuite(url, ['--requirements', revision]);
        return { what: 'fixture itself', requirements: revision, upstream: revision, scenarios };
      }),
    );
  }
  return rows;
}

async function throughTheProduct(replicas) {
  const product = await startConformant({ replicas });
  try {
    const rows = [];
    for (const upstream of [undefined, ...revisions]) {
      rows.push(...(await withFixture(upstream, (fixture) => runsWith(product, fixture, { upstream, replicas }))));
    }
    return rows;
  } finally {
    await product.stop();
  }
}

async function runsWith(product, fixture, { upstream = 'both eras', replicas }) {
  await product.use(fixture);
  const rows = [];
  for (const args of values.scenario ? [['--scenario', values.scenario]] : suites(upstream)) {
    const { scenarios } = await runServerSuite(product.url, args);
    rows.push({ what: `product, ${replicas} protocol`, requirements: args.at(-1), upstream, scenarios });
  }
  return rows;
}

function suites(upstream) {
  const required = revisions.map((revision) => ['--requirements', revision]);
  return upstream === 'both eras' ? [...required, ['--suite', 'all']] : required;
}

async function withFixture(revision, work) {
  const fixture = await startFixture(revision);
  try {
    return await work(fixture);
  } finally {
    await fixture.stop();
  }
}
