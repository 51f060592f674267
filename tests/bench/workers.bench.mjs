import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProduct } from './product.mjs';
import { row } from './report.mjs';

const answerMs = 20;
const slots = 4;
const inFlight = 64;
const warmUpMs = 3_000;
const measuredMs = 8_000;
const workflow = 'bench-slow-steps';

/** Steps per second of one and of two workers, when each step waits for the outside: how far replicas carry. */
export async function benchWorkers() {
  const rates = [];
  for (const workers of [1, 2]) rates.push(await stepsPerSecond(workers));
  const [one, two] = rates;
  return [
    row(`1 worker, ${slots} slots, steps of ${answerMs} ms`, one, 'steps/s'),
    row(`2 workers, ${slots} slots each`, two, 'steps/s', '1 worker', one),
  ];
}

async function stepsPerSecond(workers) {
  let answered = 0;
  const server = http.createServer((request, response) => {
    request.resume();
    setTimeout(() => response.end(String(++answered)), answerMs);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const env = { SCM_CONCURRENCY: String(slots), SCM_EGRESS_ALLOW: '127.0.0.1' };
  const product = await startProduct({ workers, env });
  try {
    await product.call('POST', '/api/v1/workflows', { document: documentFor(url) });
    const over = new AbortController();
    const load = Promise.all(Array.from({ length: inFlight }, () => startOver(product, over.signal)));
    await sleep(warmUpMs);
    const [before, startedMs] = [answered, performance.now()];
    await sleep(measuredMs);
    const rate = ((answered - before) * 1_000) / (performance.now() - startedMs);
    over.abort();
    await load;
    return rate;
  } finally {
    await product.stop();
    server.closeAllConnections();
    server.close();
  }
}

/** One execution after the other. */
async function startOver({ call }, signal) {
  while (!signal.aborted) {
    const { executionId } = await call('POST', `/api/v1/workflows/${workflow}/executions`, {});
    while (!signal.aborted && !(await call('GET', `/api/v1/executions/${executionId}`)).endedAt) await sleep(250);
  }
}

const documentFor = (url) => ({
  document: { dsl: '1.0.3', namespace: 'bench', name: workflow, version: '1.0.0' },
  do: Array.from({ length: 8 }, (_, n) => ({
    [`step${n}`]: { call: 'action', with: { http: { url } } },
  })),
});
