import pg from 'pg';
import { startProduct } from '../product.mjs';

const sealWaitMs = 300_000;
/** The processes that a sample passes. */
const passed = ['gateway', 'nats', 'metrics-ingest', 'postgres'];

/** The product; with `isSealing` it keeps some minutes in memory only and seals the rest when it has gathered. */
export async function startOwn({ isSealing = false } = {}) {
  const sealing = { SCM_HEAD_MINUTES: '1', SCM_SEAL_MINUTES: '2' };
  const product = await startProduct({ env: { SCM_HOST_COLLECTOR: 'false', ...(isSealing && sealing) } });
  return {
    name: 'SCM',
    pids: Object.fromEntries(passed.map((name) => [name, product.pids[name]])),
    writeUrl: `${product.gatewayUrl}/api/v1/write`,
    queryUrl: product.prometheusUrl,
    headers: { authorization: `Bearer ${product.apiKey}` },
    stop: product.stop,
    /** Bytes of the chunks with their index, when the log holds nothing more. */
    bytesAtRest: async () => {
      await sealed(product);
      return sizeOf(product.postgresUrl, `relname ~ '^chunks_\\d+_\\d{8}$' and relispartition`);
    },
    /** Bytes of the log with its indexes. */
    bytesInLog: () => sizeOf(product.postgresUrl, `relname = 'sample_log'`),
  };
}

async function sealed({ call }) {
  const deadline = performance.now() + sealWaitMs;
  for (;;) {
    const { details } = await call('GET', '/api/v1/metrics/status');
    if (details.logSamples === 0) return;
    if (performance.now() > deadline) throw new Error(`${details.logSamples} samples are not sealed`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function sizeOf(postgresUrl, condition) {
  const client = new pg.Client(postgresUrl);
  await client.connect();
  try {
    const { rows } = await client.query(
      `select coalesce(sum(pg_total_relation_size(oid)), 0)::float8 as bytes from pg_class
       where relnamespace = 'metrics'::regnamespace and relkind = 'r' and ${condition}`,
    );
    return rows[0].bytes;
  } finally {
    await client.end();
  }
}
