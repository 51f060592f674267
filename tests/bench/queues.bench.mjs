import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { restClient } from '../../tools/launcher/rest.mjs';
import { withCpu } from './cpu.mjs';
import { startProduct } from './product.mjs';
import { row } from './report.mjs';
import { median, percentile, repeat } from './statistics.mjs';
import { poster } from './workflow/poster.mjs';
import { productEngines } from './workflow/product.engine.mjs';

/** So many steps of a workflow begin side by side: that fills a queue fast. */
const branches = 10;
const slots = 128;
const stepMs = 1_000;
const low = 10_000;
const high = 100;
const rules = {
  concurrency: { key: '${ $workflow.input.labels.region }', limit: 10_000 },
  rateLimit: { limit: 1_000_000, period: 'PT1S' },
};

/** What the queues are for: the urgent first, fair shares, and limits that cost little. */
export async function benchQueues() {
  return [...(await orderly()), ...(await limited())];
}

async function orderly() {
  const site = await startSite();
  const env = {
    SCM_CAPABILITIES: 'action',
    SCM_CONCURRENCY: String(slots),
    SCM_EGRESS_ALLOW: '127.0.0.1',
    SCM_MAX_QUEUED_PER_WORKSPACE: '1000000',
  };
  const product = await startProduct({ env });
  try {
    return [...(await shares(product, site)), ...(await startDelays(product, site))];
  } finally {
    await product.stop();
    await site.stop();
  }
}

/** `high` urgent steps behind `low` others. */
async function startDelays(product, site) {
  const { gatewayUrl, apiKey } = product;
  const starter = (name) => starts(gatewayUrl, apiKey, name);
  await product.call('POST', '/api/v1/workflows', { document: visiting('low', site, { priority: 4 }, branches) });
  await product.call('POST', '/api/v1/workflows', { document: visiting('high', site, { priority: 1 }, 1) });
  const [lows, highs] = [starter('low'), starter('high')];
  await Promise.all(Array.from({ length: low / branches }, () => lows()));
  const waiting = low - site.begun('low').length;
  const ids = await Promise.all(
    Array.from({ length: high }, async (_, i) => {
      const { executionId } = JSON.parse(await highs({ url: `${site.urls[i % branches]}/high-${i}` }));
      return executionId;
    }),
  );
  const delays = await Promise.all(
    ids.map(async (id, i) => {
      await site.reached(`high-${i}`, 1);
      const { createdAt } = await product.call('GET', `/api/v1/executions/${id}`);
      return site.begun(`high-${i}`)[0] - Date.parse(createdAt);
    }),
  );
  lows.close();
  highs.close();
  return [
    row(`urgent steps behind ${waiting} others, from stored to begun, p50`, median(delays), 'ms'),
    row('the same, p95', percentile(delays, 0.95), 'ms', `a step takes ${stepMs} ms, and 50`, stepMs + 50),
  ];
}

/** Two workspaces of equal weight, one of which has a hundred times as much to do. */
async function shares({ gatewayUrl, postgresUrl, admin }, site) {
  const login = async (more) =>
    (await restClient(gatewayUrl)('POST', '/api/v1/auth/login', { ...admin, ...more })).accessToken;
  const first = await login();
  await restClient(gatewayUrl, first)('POST', '/api/v1/workspaces', { name: 'small' });
  const small = await login({ workspace: 'small' });
  const define = (token, name) =>
    restClient(gatewayUrl, token)('POST', '/api/v1/workflows', { document: visiting(name, site, {}, branches) });
  const busy = 20_000;
  const few = busy / 100;
  await define(first, 'busy');
  await define(small, 'few');
  const [starter, other] = [starts(gatewayUrl, first, 'busy'), starts(gatewayUrl, small, 'few')];
  await Promise.all(Array.from({ length: busy / branches }, () => starter()));
  await Promise.all(Array.from({ length: few / branches }, () => other()));
  const order = await queueOrder(postgresUrl);
  const beside = order.slice(0, order.lastIndexOf('few')).filter((name) => name === 'busy').length;
  const queued = order.filter((name) => name === 'few').length;
  starter.close();
  other.close();
  await site.reached('few', few);
  return [
    row(
      `share of a workspace with ${queued} steps in the queue beside one with ${order.length - queued}`,
      queued / (queued + beside),
      '',
      'its weight',
      0.5,
    ),
  ];
}

/** The workflows of what waits, in the order in which it will begin. */
async function queueOrder(postgresUrl) {
  const client = new pg.Client(postgresUrl);
  await client.connect();
  try {
    const { rows } = await client.query(`select e.workflow from workflow.admissions a
      join workflow.executions e on e.id = a.execution_id where a.admitted_at is null order by a.priority, a.rank`);
    return rows.map(({ workflow }) => workflow);
  } finally {
    await client.end();
  }
}

/** Three steps that do nothing, without and with two limits that are never reached. */
async function limited() {
  const product = await startProduct();
  const [plain] = await engineOf(product, { workflow: 'bench-plain' });
  const [ruled] = await engineOf(product, { workflow: 'bench-ruled', scm: rules });
  try {
    const rounds = await repeat(async () => {
      const measured = {};
      for (const [name, { engine }] of Object.entries({ plain, ruled })) {
        measured[name] = await engine.turn(async ({ pids, load }) => {
          await load({ width: 64, seconds: 1 });
          const used = await withCpu(pids, () => load({ width: 64, seconds: 3 }));
          return { perSecond: used.result.perSecond, cpuMs: (used.total * 1_000) / used.result.count };
        });
      }
      return measured;
    });
    const of = (name, figure) => median(rounds.map((round) => round[name][figure]));
    return [
      row(
        'executions of three steps, 64 at once, two limits',
        of('ruled', 'perSecond'),
        '/s',
        'no limits',
        of('plain', 'perSecond'),
      ),
      row('CPU of one of them', of('ruled', 'cpuMs'), 'ms', 'no limits', of('plain', 'cpuMs')),
    ];
  } finally {
    await plain.stop();
    await ruled.stop();
    await product.stop();
  }
}

async function engineOf(product, options) {
  const { engines, stop } = await productEngines(product, options);
  return engines.map((engine) => ({ engine, stop }));
}

/** Visits an address each, or the one that an execution is started with. */
function visiting(name, site, scm, width) {
  const visit = (url) => ({
    call: 'http',
    with: { method: 'get', endpoint: url },
    metadata: { scm: { retry: { maxAttempts: 5 }, ...scm } },
  });
  const many = { fork: { branches: site.urls.map((url, i) => ({ [`visit${i}`]: visit(`${url}/${name}`) })) } };
  return {
    document: { dsl: '1.0.3', namespace: 'bench', name, version: '1.0.0' },
    do: [{ visits: width === 1 ? visit('${ .url }') : many }],
  };
}

function starts(gatewayUrl, token, workflow) {
  const headers = { authorization: `Bearer ${token}` };
  const post = poster(`${gatewayUrl}/api/v1/workflows/${workflow}/executions`, { headers, connections: 32 });
  return Object.assign((input = {}) => post(JSON.stringify({ input })), { close: () => post.close() });
}

/**
 * Answers after `stepMs`, and knows when requests came by their path. It has several addresses, since workers open only so
 * many connections to each.
 */
async function startSite() {
  const times = new Map();
  const servers = Array.from({ length: branches }, () =>
    http.createServer((request, response) => {
      const name = request.url.slice(1);
      if (!times.has(name)) times.set(name, []);
      times.get(name).push(Date.now());
      setTimeout(() => response.end('{}'), stepMs);
    }),
  );
  await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
  const begun = (name) => times.get(name) ?? [];
  return {
    urls: servers.map((server) => `http://127.0.0.1:${server.address().port}`),
    begun,
    async reached(name, count) {
      while (begun(name).length < count) await sleep(20);
    },
    async stop() {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
