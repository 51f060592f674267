import { withCpu } from './cpu.mjs';
import { loops, paced } from './load.mjs';
import { startPeer } from './peer.mjs';
import { row } from './report.mjs';
import { median, percentile, repeat } from './statistics.mjs';
import { poster } from './workflow/poster.mjs';

const width = 32;
const seconds = 2;
const revision = '2026-07-28';

/** A tool call that does next to nothing through gateway, NATS and mcp-protocol, beside the official SDK's server alone. */
export async function benchMcp({ gatewayUrl, apiKey, pids }) {
  const peer = await startPeer('mcp');
  const product = caller(`${gatewayUrl}/mcp`, 'who_am_i', { authorization: `Bearer ${apiKey}` });
  const session = await sessionCaller(`${gatewayUrl}/mcp`, 'who_am_i', { authorization: `Bearer ${apiKey}` });
  const direct = caller(`${peer.url}/mcp`, 'nothing');
  try {
    for (const call of [product, session, direct]) await loops(call, { width, seconds: 1 });
    const runs = await repeat(async () => ({
      direct: await withCpu({ peer: peer.pid }, () => loops(direct, { width, seconds })),
      product: await withCpu(pids, () => loops(product, { width, seconds })),
      session: await withCpu(pids, () => loops(session, { width, seconds })),
      paced: await paced(product, { perSecond: 100, seconds: 3 }),
      pacedDirect: await paced(direct, { perSecond: 100, seconds: 3 }),
    }));
    return [...rates(runs), ...costs(runs), ...delays(runs)];
  } finally {
    for (const call of [product, session, direct]) call.close();
    await peer.stop();
  }
}

function caller(url, name, headers = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  };
  const params = { name, arguments: {}, _meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const own = { 'mcp-protocol-version': revision, 'mcp-method': 'tools/call', 'mcp-name': name };
  return posting(url, body, { ...headers, ...own });
}

/** The same within a session of revision 2025-11-25. */
async function sessionCaller(url, name, headers) {
  const version = '2025-11-25';
  const clientInfo = { name: 'bench', version: '1' };
  const accept = 'application/json, text/event-stream';
  const all = { ...headers, accept, 'content-type': 'application/json' };
  const post = (more, message) =>
    fetch(url, { method: 'POST', headers: { ...all, ...more }, body: JSON.stringify(message) });
  const params = { protocolVersion: version, capabilities: {}, clientInfo };
  const opened = await post({}, { jsonrpc: '2.0', id: 0, method: 'initialize', params });
  await opened.text();
  const own = { 'mcp-session-id': opened.headers.get('mcp-session-id'), 'mcp-protocol-version': version };
  await (await post(own, { jsonrpc: '2.0', method: 'notifications/initialized' })).text();
  const called = { jsonrpc: '2.0', method: 'tools/call', params: { name, arguments: {} } };
  let id = 0;
  return posting(url, () => JSON.stringify({ ...called, id: ++id }), { ...headers, ...own });
}

function posting(url, body, headers) {
  const post = poster(url, { headers: { accept: 'application/json, text/event-stream', ...headers } });
  const call = async () => {
    const text = await post(typeof body === 'string' ? body : body());
    if (!text.includes('"content"')) throw new Error(text);
  };
  return Object.assign(call, { close: post.close });
}

function rates(runs) {
  const of = (name) => median(runs.map((run) => run[name].result.perSecond));
  return [
    row('SDK server called directly', of('direct'), '/s'),
    row('tools/call through the product', of('product'), '/s', 'wanted', 1_500),
    row('tools/call in a session of 2025-11-25', of('session'), '/s', 'wanted', 1_500),
  ];
}

function costs(runs) {
  const whole = (name) => median(runs.map((run) => (run[name].total * 1_000) / run[name].result.count));
  const direct = whole('direct');
  const stage = (name) =>
    median(runs.map(({ product }) => ((product.seconds[name] ?? 0) * 1_000) / product.result.count));
  return [
    row('CPU: SDK server', direct, 'ms/request'),
    row('CPU: product', whole('product'), 'ms/request', 'the SDK server', direct),
    row('CPU: product, in a session', whole('session'), 'ms/request', 'the SDK server', direct),
    ...['gateway', 'mcp-protocol', 'nats', 'postgres', 'redis', 'auth'].map((name) =>
      row(`CPU: ${name}`, stage(name), 'ms/request', 'the product', whole('product')),
    ),
  ];
}

function delays(runs) {
  const of = (key) => median(runs.map((run) => percentile(run[key], 0.95)));
  return [
    row('SDK server at 100/s, p95', of('pacedDirect'), 'ms'),
    row('the product adds at 100/s, p95', of('paced') - of('pacedDirect'), 'ms', 'wanted', 3),
  ];
}
