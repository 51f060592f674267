import { Policy } from '@scm/policy';
import { timedMs } from './load.mjs';
import { row } from './report.mjs';
import { median, repeat } from './statistics.mjs';

const questions = 20;
const rounds = 10;
const rangeSeconds = 3_600;
const stepSeconds = 15;

/** What each cache spares: the same question asked again, beside a question that nobody asked yet; and how often it hits. */
export async function benchCache(product) {
  const document = { document: { dsl: '1.0.3', namespace: 'bench', name: 'cached', version: '1.0.0' }, do: [step] };
  await product.call('POST', '/api/v1/workflows', { document });
  const endSeconds = await storeHour(product);
  return [
    ...(await definitions(product)),
    ...(await metricQueries(product, endSeconds)),
    ...(await toolLists(product)),
    ...policyDecisions(),
  ];
}

const step = { one: { call: 'processing', with: { operations: [] } } };

async function definitions({ call, gatewayUrl }) {
  const before = await counts(gatewayUrl);
  const times = await askTwice((index) => call('GET', `/api/v1/workflows/cached/versions?limit=${index + 1}`));
  const after = await counts(gatewayUrl);
  const [hits, misses] = [after.hit - before.hit, after.miss - before.miss];
  return compared('definitions', times, hits / (hits + misses));
}

async function metricQueries({ call }, endSeconds) {
  const counted = async () => (await call('GET', '/api/v1/metrics/status')).details.queryCache;
  const before = await counted();
  const times = await askTwice((index) => {
    const start = endSeconds - rangeSeconds + index;
    const query = `query=bench_cached&start=${start}&end=${endSeconds}&step=${stepSeconds}`;
    return call('GET', `/prometheus/api/v1/query_range?${query}`);
  });
  const after = await counted();
  const [hits, misses] = [after.hits - before.hits, after.misses - before.misses];
  return compared('metric queries, 1 h of 100 series', times, hits / (hits + misses));
}

/** A list is remembered for the caller, so the first of a run is the one without. */
async function toolLists({ gatewayUrl, apiKey }) {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-protocol-version': '2025-11-25',
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const ask = async () => (await fetch(`${gatewayUrl}/mcp`, { method: 'POST', headers, body })).text();
  const times = await repeat(() => timedMs(ask), questions * rounds);
  return [row('tool list, p50', median(times), 'ms')];
}

function policyDecisions() {
  const policy = new Policy();
  const actor = Object.freeze({ kind: 'user', id: 'u', name: 'u', workspaceId: 'w', role: 'operator' });
  const ask = (id) => policy.decide({ actor, permission: 'executions:write', resource: { workspaceId: 'w', id } });
  ask('warm');
  const each = (times, work) => {
    const startedMs = performance.now();
    for (let index = 0; index < times; index++) work(index);
    return ((performance.now() - startedMs) * 1_000) / times;
  };
  const without = each(2_000, (index) => ask(String(index)));
  return [
    row(
      'policy decision, hit',
      each(200_000, () => ask('warm')),
      'us',
      'a miss',
      without,
    ),
  ];
}

/** Each question once while nobody asked it, then in rounds. */
async function askTwice(ask) {
  const all = Array.from({ length: questions }, (_, index) => index);
  const misses = [];
  const hits = [];
  for (const index of all) misses.push(await timedMs(() => ask(index)));
  for (let round = 1; round < rounds; round++) for (const index of all) hits.push(await timedMs(() => ask(index)));
  return { misses, hits };
}

function compared(name, { misses, hits }, rate) {
  return [
    row(`${name}, hit p50`, median(hits), 'ms', 'a miss', median(misses)),
    row(`${name}, hit rate of ${rounds} rounds`, rate, 'of all reads'),
  ];
}

async function counts(gatewayUrl) {
  const text = await (await fetch(`${gatewayUrl}/metrics`)).text();
  const of = (result) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('scm_read_cache_reads') && line.includes(`result="${result}"`))
      .reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
  return { hit: of('hit'), miss: of('miss') };
}

/** One hour of 100 series up to some minutes ago, so that nothing else is written into it. */
async function storeHour({ call }) {
  const endSeconds = Math.floor(Date.now() / 1_000) - 60;
  const steps = rangeSeconds / stepSeconds;
  for (let index = 0; index < 100; index += 10) {
    const series = Array.from({ length: 10 }, (_, offset) => ({
      labels: { __name__: 'bench_cached', index: String(index + offset) },
      samples: Array.from({ length: steps }, (_, at) => [(endSeconds - at * stepSeconds) * 1_000, at]).reverse(),
    }));
    await call('POST', '/api/v1/metrics', { series });
  }
  return endSeconds;
}
