import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProduct } from './product.mjs';
import { row } from './report.mjs';

const answerMs = 20;
/** So few that workers are the bound, and not the cores that everything shares. */
const slots = 4;
const executions = 150;
const stepsOfEach = 8;
/** Of all steps: before it the executions are being started, after it slots run out of work. */
const [from, to] = [0.3, 0.9];
const workflow = 'bench-slow-steps';

/** Steps per second of one and of two workers, when each step waits for the outside: how far replicas carry. */
export async function benchWorkers() {
  const [one, two] = [await stepsPerSecond(1), await stepsPerSecond(2)];
  return [
    row(`1 worker, ${slots} slots, steps of ${answerMs} ms`, one, 'steps/s'),
    row(`2 workers, ${slots} slots each`, two, 'steps/s', '1 worker', one),
  ];
}

async function stepsPerSecond(workers) {
  const answeredAtMs = [];
  const server = http.createServer((request, response) => {
    request.resume();
    setTimeout(() => {
      answeredAtMs.push(performance.now());
      response.end();
    }, answerMs);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const env = { SCM_CONCURRENCY: String(slots), SCM_EGRESS_ALLOW: '127.0.0.1' };
  const product = await startProduct({ workers, env });
  try {
    await product.call('POST', '/api/v1/workflows', { document: documentFor(url) });
    // All are there before it is measured, and nobody asks how they are: only workers have something to do.
    for (let n = 0; n < executions; n++) await product.call('POST', `/api/v1/workflows/${workflow}/executions`, {});
    const [first, last] = [from, to].map((share) => Math.floor(share * executions * stepsOfEach));
    while (answeredAtMs.length <= last) await sleep(50);
    return ((last - first) * 1_000) / (answeredAtMs[last] - answeredAtMs[first]);
  } finally {
    await product.stop();
    server.closeAllConnections();
    server.close();
  }
}

const documentFor = (url) => ({
  document: { dsl: '1.0.3', namespace: 'bench', name: workflow, version: '1.0.0' },
  do: Array.from({ length: stepsOfEach }, (_, n) => ({
    [`step${n}`]: { call: 'action', with: { http: { url } } },
  })),
});
