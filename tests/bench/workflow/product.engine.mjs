import { setTimeout as sleep } from 'node:timers/promises';
import { connect, headers } from '@nats-io/transport-node';
import { AuthApi, ExecutionApi, WorkflowEvents } from '@scm/contracts';
import { restClient } from '../../../tools/launcher/rest.mjs';
import { asked, input } from './engine.mjs';
import { poster } from './poster.mjs';

const documentOf = (workflow, scm) => {
  const noOp = { call: 'processing', with: { operations: [] }, ...(scm && { metadata: { scm } }) };
  return {
    document: { dsl: '1.0.3', namespace: 'bench', name: workflow, version: '1.0.0' },
    do: [{ one: noOp }, { two: noOp }, { three: noOp }],
  };
};
/** The gateway has at most 128 requests of one caller at work. */
const connections = 64;
/** A call context is valid for a minute. */
const renewMs = 30_000;
const timeoutMs = 20_000;

/**
 * The product entered by rpc over NATS, and through its gateway; the ends come as events over NATS.
 * @param {object} [scm] `metadata.scm` of each step
 */
export async function productEngines(product, { workflow = 'bench-workflow', scm } = {}) {
  const { gatewayUrl, natsUrl, postgresUrl, apiKey, admin, pids, call } = product;
  await call('POST', '/api/v1/workflows', { document: documentOf(workflow, scm) });
  const { hostname, port, username } = new URL(natsUrl);
  const nc = await connect({ servers: `${hostname}:${port}`, token: username });
  const ends = endings(nc, workflow);
  const start = byRpc(nc, workflow, () => signIn(gatewayUrl, admin));
  const post = poster(`${gatewayUrl}/api/v1/workflows/${workflow}/executions`, {
    headers: { authorization: `Bearer ${apiKey}` },
    connections,
  });
  const engine = (name, execute) => ({ name, postgresUrl, turn: (work) => work(asked(pids, execute)) });
  const body = JSON.stringify({ input });
  return {
    engines: [
      engine('by rpc', async () => ends.of(await start())),
      engine('through the gateway', async () => ends.of(JSON.parse(await post(body)).executionId)),
    ],
    stop: async () => {
      post.close();
      await nc.close();
    },
  };
}

const signIn = async (gatewayUrl, { username, password }) =>
  (await restClient(gatewayUrl)('POST', '/api/v1/auth/login', { username, password })).accessToken;

/** Starts executions as any client of the mesh does: a credential is traded for a context, which goes with each request. */
function byRpc(nc, workflow, credential) {
  const body = JSON.stringify({ workflow, input });
  const ask = async (contract, payload, options) => {
    for (;;) {
      const reply = await nc.request(contract.subject, payload, { timeout: timeoutMs, ...options });
      if (!reply.headers?.get('Nats-Service-Error-Code')) return reply.json();
      // Who is told to come again does.
      const { retryAfterMs } = reply.json();
      if (retryAfterMs === undefined) throw new Error(`${contract.subject}: ${reply.string()}`);
      await sleep(retryAfterMs);
    }
  };
  const context = async () => {
    const { context: token } = await ask(AuthApi.exchange, JSON.stringify({ credential: await credential() }));
    const proof = headers();
    proof.set('Scm-Context', token);
    proof.set('Scm-Timeout-Ms', String(timeoutMs));
    return proof;
  };
  let known = { fromMs: -Infinity };
  return async () => {
    if (performance.now() - known.fromMs > renewMs) known = { fromMs: performance.now(), proof: context() };
    return (await ask(ExecutionApi.start, body, { headers: await known.proof })).executionId;
  };
}

/** Tells from their events when executions end; an execution that ends otherwise than completed is an error. */
function endings(nc, workflow) {
  const waiting = new Map();
  const early = new Map();
  const end = (id, error) => {
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (!waiter) early.set(id, error);
    else if (error) waiter.reject(error);
    else waiter.resolve();
  };
  nc.subscribe(`${WorkflowEvents.executionChanged.subject}.*.${workflow}.*`, {
    callback: (_, message) => {
      const text = message.string();
      const type = /"type":"execution\.(\w+)"/.exec(text)?.[1];
      if (type === undefined || type === 'started') return;
      const id = message.subject.slice(message.subject.lastIndexOf('.') + 1);
      end(id, type === 'completed' ? undefined : new Error(text));
    },
  });
  return {
    of: (id) =>
      new Promise((resolve, reject) => {
        if (!early.has(id)) return waiting.set(id, { resolve, reject });
        const error = early.get(id);
        early.delete(id);
        return error ? reject(error) : resolve();
      }),
  };
}
