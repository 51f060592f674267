import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ControlApi, ExecutionApi } from '@scm/contracts';
import { waitFor } from '@scm/testing';
import { startLossyNats, type LossyNats } from '../testing/lossy-nats.js';
import { documentOf, startWorkflowMesh, stepOf, type WorkflowMesh } from '../testing/workflow-mesh.js';

jest.setTimeout(180_000);

const EXECUTIONS = 40;
const workspace = randomUUID();

/** Executions that nothing will ever go on with, and that no named wait explains. */
const STUCK = `select id, status, check_at from workflow.executions where ended_at is null and (
  (check_at is null and status <> 'suspended' and listens is null
    and not coalesce(waits && array['approval', 'decision'], false))
  or check_at < now() - interval '30 seconds')`;

let door: WorkflowMesh;
let lossy: LossyNats;

beforeAll(async () => {
  door = await startWorkflowMesh();
  lossy = await startLossyNats(door.mesh.nats.url);
  const env = { SCM_NATS_URL: lossy.url, SCM_RECHECK_SECONDS: '1' };
  await door.mesh.start('workflow-orchestrator', env);
  await door.mesh.start('step-workers', { SCM_NATS_URL: lossy.url, SCM_CONCURRENCY: '64' });
  lossy.lose(0.1);
});

afterAll(async () => {
  lossy?.lose(0);
  await door?.stop();
  await lossy?.stop();
});

const quick = { metadata: { scm: { retry: { maxAttempts: 20, initialMs: 10, maxMs: 100 } } } };
const step = (name: string) => stepOf(name, quick);
const limited = (name: string, limit: object) =>
  stepOf(name, { metadata: { scm: { ...quick.metadata.scm, ...limit } } });

const steps = [
  step('one'),
  { side: { fork: { branches: [step('left'), step('right'), { pause: { wait: { milliseconds: 50 } } }] } } },
  { each: { for: { in: '[1, 2]' }, do: [step('inner')] } },
  { gate: { listen: { to: { one: { with: { type: 'scm.signal.go' } } } } } },
  limited('last', { concurrency: { key: 'last', limit: 4 } }),
  limited('rated', { rateLimit: { limit: 10, period: 'PT0.5S' }, priority: 1 }),
];
const document = {
  dsl: '1.0.3',
  namespace: 'test',
  name: 'flow',
  version: '1.0.0',
  metadata: { scm: { concurrency: { limit: 15 } } },
};

/** What a person does whose calls may be lost too: again until it is answered, or until it does not apply. */
async function insist(work: () => Promise<unknown>): Promise<void> {
  await waitFor(
    async () => {
      try {
        await work();
        return true;
      } catch (error) {
        return (error as { code?: string }).code === 'FAILED_PRECONDITION';
      }
    },
    { timeoutMs: 60_000 },
  );
}

async function startPatiently(): Promise<string> {
  const idempotencyKey = randomUUID();
  const start = () =>
    door.call(workspace, ExecutionApi.start, { workflow: 'flow', input: { n: 1 } }, { idempotencyKey });
  return (await waitFor(start, { timeoutMs: 90_000 })).executionId;
}

describe('an execution', () => {
  it('is never stuck, though a tenth of all messages is lost while people do this and that', async () => {
    await insist(() => door.define(workspace, documentOf('flow', steps, { document })));
    const ids = await Promise.all(Array.from({ length: EXECUTIONS }, startPatiently));
    await Promise.all(
      ids.map(async (id, i) => {
        if (i % 3 === 0) await insist(() => door.call(workspace, ControlApi.pause, { id }));
        if (i % 3 === 0) await insist(() => door.call(workspace, ControlApi.resume, { id }));
        if (i % 10 === 9) await insist(() => door.call(workspace, ExecutionApi.cancel, { id }));
        await insist(() => door.call(workspace, ControlApi.signal, { id, name: 'go' }));
      }),
    );
    const open = () =>
      door.mesh.database.query<{ id: string; status: string }>(
        `select id, status from workflow.executions where ended_at is null`,
      );
    await waitFor(async () => (await open()).length === 0, {
      timeoutMs: 120_000,
      everyMs: 500,
      what: 'every execution to end',
    });
    expect(await door.mesh.database.query(STUCK)).toEqual([]);
    const left = `select 1 from workflow.admissions union all select 1 from workflow.limit_keys where at_work <> 0`;
    expect(await door.mesh.database.query(left)).toEqual([]);
    const ended = await door.mesh.database.query<{ status: string; count: string }>(
      `select status, count(*) from workflow.executions group by status order by status`,
    );
    process.stderr.write(`never stuck: ${lossy.dropped()} messages lost, ${JSON.stringify(ended)}\n`);
    expect(ended.map(({ status }) => status)).toEqual(['cancelled', 'completed']);
    const gaps = await door.mesh.database.query(
      `select execution_id from workflow.history_events group by execution_id having max(seq) <> count(*)`,
    );
    expect(gaps).toEqual([]);
  });
});
