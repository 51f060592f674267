import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { ExecutionApi, WorkflowEvents, type ExecutionChanged } from '@scm/contracts';
import { migrate } from '@scm/database';
import { startPostgres, waitFor, type TestPostgres, type TestService } from '@scm/testing';
import { database } from '../database.js';
import { documentOf, startWorkflowMesh, stepOf, type WorkflowMesh } from '../testing/workflow-mesh.js';

const TIMEOUT_MS = 60_000;
const EXECUTIONS = 12;

/** Of this suite alone, since it is killed. */
let postgres: TestPostgres;
let door: WorkflowMesh;
let orchestrator: TestService;
let worker: TestService;
let workspace: string;
/** The transitions of each execution whose events came, with what they changed. */
const told = new Map<string, Set<number>>();
/** How often each key's effect arrived. */
const effects = new Map<string, number>();
let slowMs = 0;

const site = createServer((req, res) => {
  const key = String(req.headers['idempotency-key']);
  effects.set(key, (effects.get(key) ?? 0) + 1);
  void sleep(slowMs).then(() => res.writeHead(200).end());
});
let url: string;

const startOrchestrator = () =>
  door.mesh.start('workflow-orchestrator', { ...onOwnPostgres(), SCM_RECHECK_SECONDS: '1' });
const onOwnPostgres = () => ({
  SCM_DATABASE_URL: as('scm_workflow'),
  SCM_DATABASE_SYSTEM_URL: as('scm_workflow_system'),
});
const as = (username: string) => Object.assign(new URL(postgres.url), { username }).href;
const startWorker = () => door.mesh.start('step-workers', { SCM_EGRESS_ALLOW: '127.0.0.1', SCM_CONCURRENCY: '4' });

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
  [door, postgres] = await Promise.all([startWorkflowMesh(), startPostgres()]);
  await migrate(database, { ownerUrl: postgres.url, url: as('scm_workflow'), systemUrl: as('scm_workflow_system') });
  [orchestrator, worker] = await Promise.all([startOrchestrator(), startWorker()]);
}, 60_000);

beforeEach(() => {
  workspace = randomUUID();
  effects.clear();
});

afterAll(async () => {
  site.closeAllConnections();
  await door.stop();
  await postgres.stop();
  await new Promise((resolve) => site.close(resolve));
}, 60_000);

async function startMany(): Promise<string[]> {
  const act = { call: 'action', with: { http: { url } } };
  await door.define(workspace, documentOf('flow', [stepOf('one'), { act }, { again: act }, stepOf('last')]));
  door.nc.subscribe(`${WorkflowEvents.executionChanged.subject}.${workspace}.>`, {
    callback: (_, message) => {
      const { executionId, seq, data } = message.json<ExecutionChanged>();
      if (Array.isArray(data?.changes)) told.set(executionId, (told.get(executionId) ?? new Set()).add(seq));
    },
  });
  await door.nc.flush();
  return Promise.all(Array.from({ length: EXECUTIONS }, (_, n) => door.start(workspace, 'flow', { n })));
}

/** Every execution has ended well, its history has no gap, all of it was told, and each effect came at least once. */
async function expectAllEnded(ids: readonly string[], areTold = true): Promise<void> {
  for (const id of ids) {
    const { status, steps } = await door.ended(workspace, id, TIMEOUT_MS);
    expect([status, steps?.map((step) => step.status)]).toEqual(['completed', Array(4).fill('completed')]);
    const seqs = (await door.history(workspace, id)).map((event) => event.seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    if (areTold) await waitFor(() => told.get(id)?.size === seqs.length, { timeoutMs: TIMEOUT_MS });
  }
  expect(effects.size).toBe(2 * ids.length);
}

it(
  'a worker and an orchestrator that die in the middle cost no execution',
  async () => {
    slowMs = 100;
    const ids = await startMany();
    await waitFor(() => effects.size > 2);
    await worker.kill();
    worker = await startWorker();
    await waitFor(() => effects.size > EXECUTIONS / 2, { timeoutMs: TIMEOUT_MS });
    await orchestrator.kill();
    orchestrator = await startOrchestrator();
    await expectAllEnded(ids);
    const again = [...effects.values()].reduce((sum, times) => sum + times - 1, 0);
    // Only what was in flight at a kill may be done twice.
    expect(again).toBeLessThanOrEqual(2 * 4);
  },
  TIMEOUT_MS,
);

it(
  'executions end although the stream of tasks is deleted under them',
  async () => {
    slowMs = 50;
    const jsm = await jetstreamManager(door.nc);
    const ids = await startMany();
    await waitFor(() => effects.size > 2);
    await jsm.streams.delete('TASKS');
    await expectAllEnded(ids);
  },
  TIMEOUT_MS,
);

it(
  'executions end although NATS dies and comes back',
  async () => {
    slowMs = 50;
    const ids = await startMany();
    await waitFor(() => effects.size > 2);
    await door.mesh.nats.kill();
    await door.mesh.nats.restart();
    // What is published while this reader is away itself, it misses.
    await expectAllEnded(ids, false);
  },
  TIMEOUT_MS,
);

it(
  'executions end although Postgres dies and comes back, and nothing is accepted meanwhile',
  async () => {
    slowMs = 50;
    const ids = await startMany();
    await waitFor(() => effects.size > 2);
    await postgres.kill();
    await expect(door.call(workspace, ExecutionApi.start, { workflow: 'flow' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await postgres.restart();
    await expectAllEnded(ids);
    expect((await door.call(workspace, ExecutionApi.list, {})).items).toHaveLength(ids.length);
  },
  TIMEOUT_MS,
);

it(
  'a step that takes longer than the look after it is done once',
  async () => {
    slowMs = 4_000;
    const act = { call: 'action', with: { http: { url } } };
    await door.define(workspace, documentOf('slow', [{ act }]));
    const id = await door.start(workspace, 'slow');
    expect(await door.ended(workspace, id)).toMatchObject({ status: 'completed', steps: [{ attempt: 1 }] });
    expect([...effects.values()]).toEqual([1]);
  },
  TIMEOUT_MS,
);

it(
  'services whose NATS is gone end when they are told to',
  async () => {
    const services = [
      await door.mesh.start('step-workers', { SCM_DRAIN_SECONDS: '1' }),
      await door.mesh.start('workflow-orchestrator', { ...onOwnPostgres(), SCM_DRAIN_SECONDS: '1' }),
    ];
    await door.mesh.nats.kill();
    const codes = await Promise.all(services.map((service) => service.stop()));
    expect(codes.every((code) => code !== null)).toBe(true);
    await door.mesh.nats.restart();
  },
  TIMEOUT_MS,
);
