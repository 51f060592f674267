// npm run test:mcp-peers: official SDKs of every generation as clients, each with upstreams built with every generation.
import { startProduct } from '../bench/product.mjs';
import { hasSchemas, violations } from './official-schema.mjs';
import { peers, runClient, startUpstream } from './peers.mjs';
import { startRecorder } from './recorder.mjs';
import { isGood, printFaults, printMatrix } from './report.mjs';

const only = process.argv.slice(2).map((text) => new RegExp(text));
const atOnce = 3;
const wanted = ({ name }) => only.length === 0 || only.some((pattern) => pattern.test(name));

const product = await startProduct({ env: { SCM_EGRESS_ALLOW: '127.0.0.1' } });
const running = [];
try {
  const { clients, upstreams, hasPython } = await peers();
  const cells = [];
  const keys = new Map(await Promise.all(clients.map(async ({ name }) => [name, await keyFor(name)])));
  for (const upstream of upstreams) {
    const started = await startUpstream(upstream);
    running.push(started);
    const server = await register(upstream, started.url);
    const met = clients.filter((one) => wanted(upstream) || wanted(one));
    await inLanes(met, async (client) => {
      cells.push({
        client: client.name,
        upstream: upstream.name,
        ...(await meet(client, server, keys.get(client.name))),
      });
    });
  }
  printMatrix(cells, upstreams);
  printFaults(cells);
  const passed = cells.filter(isGood).length;
  const skipped = (hasPython ? 0 : 1) + (hasSchemas ? 0 : 1);
  if (!hasSchemas) console.log('the official schemas are not beside this clone: no message was judged by them');
  if (!hasPython) console.log('the Python SDK cannot be had here');
  process.exitCode = passed === cells.length ? 0 : 1;
  console.log(`\n${passed} passed, ${cells.length - passed} failed, ${skipped} skipped`);
} finally {
  await Promise.all(running.map((one) => one.stop()));
  await product.stop();
}

async function inLanes(items, work) {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** Makes it an upstream, and the only member of a virtual server, where its names are its own. */
async function register({ name: given, transport }, url) {
  const name = given.replaceAll('.', '-');
  await product.call('POST', '/api/v1/upstreams', { name, transport, url });
  await product.call('POST', '/api/v1/virtual-servers', { name, members: [{ upstream: name, prefix: false }] });
  return name;
}

/** Each client is somebody else: over one channel an upstream does not say whose call it logs something of. */
async function keyFor(client) {
  const name = client.replaceAll(/[^A-Za-z0-9-]/g, '-');
  return (await product.call('POST', '/api/v1/api-keys', { name, role: 'admin' })).apiKey;
}

/** Lets a client do all it does with the upstream, over the gateway. */
async function meet(client, server, key) {
  const recorder = await startRecorder(product.gatewayUrl, `Bearer ${key}`);
  try {
    const path = client.transport === 'sse' ? `/mcp/${server}/sse` : `/mcp/${server}`;
    const result = await runClient(client, recorder.origin + path);
    if (!hasSchemas || !result.revision) return result;
    return { ...result, violations: violations(result.revision, recorder.exchanged) };
  } finally {
    await recorder.stop();
  }
}
