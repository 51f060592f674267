// npm run test:conformance: the official suite against the fixture itself.
import { startFixture } from './fixture.mjs';
import { printTable, printTotals } from './report.mjs';
import { runServerSuite } from './suite.mjs';

const revisions = ['2025-11-25', '2026-07-28'];

const rows = await direct();
printTable(rows);
process.exitCode = printTotals(rows) ? 0 : 1;

async function direct() {
  const rows = [];
  for (const revision of revisions) {
    const fixture = await startFixture(revision);
    try {
      const { scenarios } = await runServerSuite(fixture.url, ['--requirements', revision]);
      rows.push({ what: 'fixture itself', requirements: revision, upstream: revision, scenarios });
    } finally {
      await fixture.stop();
    }
  }
  return rows;
}
