import { connect } from '@nats-io/transport-node';
import { withCpu } from './cpu.mjs';
import { getter, loops, paced, saturate } from './load.mjs';
import { startPeer } from './peer.mjs';
import { row } from './report.mjs';
import { median, percentile, repeat } from './statistics.mjs';

const route = '/api/v1/auth/me';
const connections = 32;
const seconds = 1;

/** A small GET through gateway and NATS to auth and back, beside a bare Express answer and a bare NATS request. */
export async function benchRpc({ gatewayUrl, natsUrl, apiKey, pids, call }) {
  const reply = JSON.stringify(await call('GET', route));
  const headers = { authorization: `Bearer ${apiKey}` };
  const [express, nats] = await Promise.all([
    startPeer('express', { BENCH_REPLY: reply }),
    startPeer('nats', { BENCH_REPLY: reply, BENCH_NATS_URL: natsUrl }),
  ]);
  const { hostname, port, username } = new URL(natsUrl);
  const nc = await connect({ servers: `${hostname}:${port}`, token: username });
  const product = getter(gatewayUrl + route, headers);
  const bare = getter(`${express.url}/echo`);
  const load = { connections, seconds };
  const ask = () => nc.request('bench.echo', '{}', { timeout: 5_000 });
  try {
    await saturate(gatewayUrl + route, { ...load, headers, seconds: 2 });
    await saturate(`${express.url}/echo`, load);
    const runs = await repeat(async () => ({
      express: await saturate(`${express.url}/echo`, load),
      nats: await loops(ask, { width: connections, seconds }),
      product: await withCpu(pids, () => saturate(gatewayUrl + route, { ...load, headers })),
      paced: await paced(product, { perSecond: 100, seconds: 3 }),
      pacedBare: await paced(bare, { perSecond: 100, seconds: 1 }),
    }));
    const stages = await stageProbes({ gatewayUrl, headers, load, pids });
    return [...rates(runs), ...latencies(runs), ...costs(runs, stages)];
  } finally {
    product.close();
    bare.close();
    await nc.close();
    await Promise.all([express.stop(), nats.stop()]);
  }
}

/** The same gateway without what later stages do: a preflight passes no guard, a liveness check calls no service. */
async function stageProbes({ gatewayUrl, headers, load, pids }) {
  const preflight = { method: 'OPTIONS', headers: { ...headers, origin: 'http://bench', ...wanted }, expect: 204 };
  const measured = (url, options) => withCpu(pids, () => saturate(url, { ...load, ...options }));
  const http = await measured(gatewayUrl + route, preflight);
  const guarded = await measured(`${gatewayUrl}/livez`, {});
  return { http: perCall(http), guarded: perCall(guarded) };
}

const wanted = { 'access-control-request-method': 'GET' };

function rates(runs) {
  const [express, nats, product] = ['express', 'nats', 'product'].map((name) =>
    median(runs.map((run) => (run[name].result ?? run[name]).perSecond)),
  );
  const slower = express < nats ? 'the slower limit, Express' : 'the slower limit, NATS';
  return [
    row('bare Express echo, 32 connections', express, '/s'),
    row('bare NATS request, 32 at once', nats, '/s'),
    row('authenticated route, 32 connections', product, '/s', slower, Math.min(express, nats)),
  ];
}

function latencies(runs) {
  return [
    ['p50', 0.5],
    ['p99', 0.99],
  ].map(([name, share]) => {
    const of = (key) => median(runs.map((run) => percentile(run[key], share)));
    return row(`authenticated route at 100/s, ${name}`, of('paced'), 'ms', 'bare Express', of('pacedBare'));
  });
}

function costs(runs, { http, guarded }) {
  const cost = (name) => median(runs.map(({ product }) => perCall(product)[name]));
  const whole = median(runs.map(({ product }) => (product.total * 1_000) / product.result.count));
  const stage = (name, value) => row(`CPU: ${name}`, value, 'ms/request', 'all stages', whole);
  return [
    stage('gateway HTTP', http.gateway),
    stage('gateway routing, guard, limit', Math.max(0, guarded.gateway - http.gateway)),
    stage('Redis', cost('redis')),
    stage('gateway call over NATS', Math.max(0, cost('gateway') - guarded.gateway)),
    stage('NATS server', cost('nats')),
    stage('auth', cost('auth')),
  ];
}

/** CPU milliseconds of each process for one request. */
function perCall({ seconds: used, result }) {
  return Object.fromEntries(Object.entries(used).map(([name, value]) => [name, (value * 1_000) / result.count]));
}
