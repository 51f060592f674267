import pg from 'pg';
import { withCpu } from './cpu.mjs';
import { loops, timedMs } from './load.mjs';
import { row } from './report.mjs';
import { median, percentile, repeat } from './statistics.mjs';
import { subscribe } from './subscriber.mjs';

const workflow = 'bench-three-no-ops';
const noOp = { call: 'processing', with: { operations: [] } };
const document = {
  document: { dsl: '1.0.3', namespace: 'bench', name: workflow, version: '1.0.0' },
  do: [{ one: noOp }, { two: noOp }, { three: noOp }],
};
const inFlight = 32;
const seconds = 2.5;
/** An execution is durable at its start and after each of its three steps. */
const commitsNeeded = 4;

/** Executions of three steps that do nothing, started over HTTP, beside as many bare commits of Postgres. */
export async function benchExecutions({ streamUrl, apiKey, postgresUrl, pids, call }) {
  await call('POST', '/api/v1/workflows', { document });
  const ended = await endings({ streamUrl, apiKey });
  const execute = async () => {
    const { executionId } = await call('POST', `/api/v1/workflows/${workflow}/executions`, {});
    await ended.of(executionId);
  };
  const store = await bareStore(postgresUrl);
  try {
    await loops(execute, { width: inFlight, seconds: 1.5 });
    const runs = await repeat(async () => ({
      commits: await loops(store.commit, { width: inFlight, seconds: 0.7 }),
      executions: await withCpu(pids, () => loops(execute, { width: inFlight, seconds })),
      idleMs: await repeat(() => timedMs(execute), 30),
      idleCommitsMs: await repeat(() => timedMs(() => repeat(store.commit, commitsNeeded)), 30),
    }));
    return rowsOf(runs);
  } finally {
    ended.close();
    await store.close();
  }
}

function rowsOf(runs) {
  const of = (read) => median(runs.map(read));
  const commits = of((run) => run.commits.perSecond);
  const commitsMs = of((run) => median(run.idleCommitsMs));
  const cpuMs = (name) => of(({ executions: { seconds: used, result } }) => (used[name] * 1_000) / result.count);
  const whole = of(({ executions: { total, result } }) => (total * 1_000) / result.count);
  const used = ['gateway', 'workflow-orchestrator', 'step-workers', 'nats', 'postgres', 'redis'];
  return [
    row('bare Postgres commits, 32 connections', commits, '/s'),
    row(
      'executions of three no-op steps, 32 at once',
      of((run) => run.executions.result.perSecond),
      '/s',
      `bare commits / ${commitsNeeded}`,
      commits / commitsNeeded,
    ),
    row(
      'idle, from request to ended event, p50',
      of((run) => median(run.idleMs)),
      'ms',
      'four bare commits',
      commitsMs,
    ),
    row(
      'idle, from request to ended event, p95',
      of((run) => percentile(run.idleMs, 0.95)),
      'ms',
      'four bare commits',
      commitsMs,
    ),
    ...used.map((name) => row(`CPU: ${name}`, cpuMs(name), 'ms/execution', 'all processes', whole)),
  ];
}

/** Tells from the stream when executions end. */
async function endings({ streamUrl, apiKey }) {
  const waiting = new Map();
  const early = new Set();
  const subscriber = await subscribe({ streamUrl, apiKey }, `runs:${workflow}`, (data) => {
    for (const { executionId, type } of JSON.parse(data).d ?? []) {
      if (type !== 'execution.completed') continue;
      if (!waiting.get(executionId)?.()) early.add(executionId);
      waiting.delete(executionId);
    }
  });
  return {
    of: (id) => new Promise((resolve) => (early.delete(id) ? resolve() : waiting.set(id, () => resolve() ?? true))),
    close: subscriber.close,
  };
}

/** One durable row a commit, as the smallest step of any state that must survive. */
async function bareStore(url) {
  const pool = new pg.Pool({ connectionString: url, max: inFlight });
  await pool.query('create table bench_commits (id bigint generated always as identity primary key, body jsonb)');
  return {
    commit: () => pool.query('insert into bench_commits (body) values ($1)', [{ status: 'running' }]),
    close: async () => {
      await pool.query('drop table bench_commits');
      await pool.end();
    },
  };
}
