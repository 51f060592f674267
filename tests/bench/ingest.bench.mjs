import { withCpu } from './cpu.mjs';
import { saturate } from './load.mjs';
import { startPeer } from './peer.mjs';
import { row } from './report.mjs';
import { median, repeat } from './statistics.mjs';

const connections = 8;
const seconds = 2;
const seriesPerRequest = 100;
const samplesPerSeries = 10;
const samplesPerRequest = seriesPerRequest * samplesPerSeries;

/** Samples stored by POST /api/v1/metrics, acknowledged after their commit, beside bare Express that only parses the same bodies. */
export async function benchIngest({ gatewayUrl, apiKey, pids }) {
  const peer = await startPeer('express', { BENCH_REPLY: '{}' });
  const writer = bodies();
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const load = (url, path) => {
    const requests = [{ method: 'POST', path, headers, setupRequest: (request) => ({ ...request, body: writer() }) }];
    return saturate(url, { connections, seconds, requests });
  };
  try {
    await load(gatewayUrl, '/api/v1/metrics');
    const runs = await repeat(async () => ({
      bare: await withCpu({ peer: peer.pid }, () => load(peer.url, '/echo')),
      stored: await withCpu(pids, () => load(gatewayUrl, '/api/v1/metrics')),
    }));
    return rowsOf(runs);
  } finally {
    await peer.stop();
  }
}

/** Bodies of 100 series with 10 samples each; no sample comes twice. */
function bodies() {
  const startMs = Date.now() - 60_000;
  let made = 0;
  return () => {
    const at = startMs + Math.floor(made / connections) * samplesPerSeries;
    const host = `host-${made++ % connections}`;
    const series = Array.from({ length: seriesPerRequest }, (_, index) => {
      const samples = Array.from({ length: samplesPerSeries }, (__, i) => `[${at + i},${(index + i) / 8}]`);
      return `{"labels":{"__name__":"bench_value","host":"${host}","core":"${index}"},"samples":[${samples.join(',')}]}`;
    });
    return `{"series":[${series.join(',')}]}`;
  };
}

function rowsOf(runs) {
  const of = (read) => median(runs.map(read));
  const perSecond = (name) => of((run) => run[name].result.perSecond * samplesPerRequest);
  const perCoreSecond = (name) => of((run) => (run[name].result.count * samplesPerRequest) / run[name].total);
  const micros = (name) =>
    of(({ stored: { seconds: used, result } }) => (used[name] * 1_000_000) / (result.count * samplesPerRequest));
  const whole = of(({ stored: { total, result } }) => (total * 1_000_000) / (result.count * samplesPerRequest));
  const peer = 'bare Express that parses the same';
  return [
    row('samples stored, 8 connections', perSecond('stored'), '/s', peer, perSecond('bare')),
    row('samples stored a core-second, all processes', perCoreSecond('stored'), '/s', peer, perCoreSecond('bare')),
    ...['gateway', 'metrics-ingest', 'postgres', 'nats'].map((name) =>
      row(`CPU: ${name}`, micros(name), 'µs/sample', 'all processes', whole),
    ),
  ];
}
