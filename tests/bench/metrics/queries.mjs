import { median } from '../statistics.mjs';
import { timedMs } from '../load.mjs';
import { request } from './send.mjs';
import { stepMs } from './samples.mjs';

const times = 30;
const windowS = 3_600;

/** What is asked for: an hour at the step of the samples. */
export const questions = {
  'raw, 100 series': (run) => `bench_0_total{run="${run}",namespace="ns0"}`,
  'rate, 100 series': (run) => `rate(bench_0_total{run="${run}",namespace="ns0"}[5m])`,
  'sum by of rate, 500 series': (run) => `sum by (namespace) (rate(bench_0_total{run="${run}"}[5m]))`,
};

/** Milliseconds until the answer is there, by question; no two are the same, so that none comes from a cache. */
export async function askAll(engine, run, endMs) {
  const found = {};
  for (const [name, expr] of Object.entries(questions)) {
    const taken = [];
    for (let i = 0; i < times + 2; i++) {
      const end = Math.floor(endMs / 1_000) - i;
      const query = { query: expr(run), start: end - windowS, end, step: stepMs / 1_000 };
      const url = `${engine.queryUrl}/api/v1/query_range?${new URLSearchParams(query)}`;
      let answer;
      taken.push(await timedMs(async () => (answer = await request(url, { headers: engine.headers }))));
      if (JSON.parse(answer).data.result.length === 0) throw new Error(`${engine.name} has no ${query.query}`);
    }
    // The first ones warm up.
    found[name] = median(taken.slice(2));
  }
  return found;
}
