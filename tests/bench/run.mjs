import path from 'node:path';
import { benchCache } from './cache.bench.mjs';
import { benchExecutions } from './executions.bench.mjs';
import { benchIngest } from './ingest.bench.mjs';
import { benchMcp } from './mcp.bench.mjs';
import { benchMcpTranslation } from './mcp-translation.bench.mjs';
import { clone, startProduct } from './product.mjs';
import { printRows, writeRows } from './report.mjs';
import { benchQueues } from './queues.bench.mjs';
import { benchRpc } from './rpc.bench.mjs';
import { benchStart } from './start.bench.mjs';
import { benchStream } from './stream.bench.mjs';
import { benchWorkers } from './workers.bench.mjs';

const benches = {
  start: benchStart,
  rpc: benchRpc,
  cache: benchCache,
  stream: benchStream,
  executions: benchExecutions,
  ingest: benchIngest,
  workers: benchWorkers,
  queues: benchQueues,
  mcp: benchMcp,
  'mcp-translation': benchMcpTranslation,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0)
  throw new Error(`there is no bench ${unknown.join(', ')}; there is ${Object.keys(benches).join(', ')}`);
const names = asked.length > 0 ? asked : Object.keys(benches);

// Every process of a bench ends with the channel to this one, also when this one is killed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

/** They start what they measure, or need nothing that runs. */
const alone = ['start', 'workers', 'queues', 'mcp-translation'];
const product = names.some((name) => !alone.includes(name)) ? await startProduct() : undefined;
try {
  for (const name of names) {
    const startedMs = performance.now();
    const rows = await benches[name](product);
    writeRows(path.join(clone, '.scm', 'bench'), name, rows);
    printRows(name, rows, performance.now() - startedMs);
  }
} finally {
  await product?.stop();
}
