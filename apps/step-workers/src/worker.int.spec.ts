import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { StepApi, StepTasks, type Capability, type StepReport, type StepReports, type StepTask } from '@scm/contracts';
import { connectNats, ensureStreams, header, MessagingClient } from '@scm/messaging';
import { ContextSigner } from '@scm/policy';
import { startMesh, waitFor, type TestMesh, type TestService } from '@scm/testing';
import { taskOf } from './testing/task-giver.js';

const TIMEOUT_MS = 60_000;

let mesh: TestMesh;
let nc: NatsConnection;
let jsm: JetStreamManager;
let client: MessagingClient;
let worker: TestService;

/** The orchestrator's side, over plain NATS: what came, and how many reports it refuses first. */
const seen = { reports: [] as StepReport[], claims: 0, refusals: 0, next: undefined as StepTask | undefined };

/** What follows, given once. */
function taken(): { next?: StepTask } {
  const { next } = seen;
  seen.next = undefined;
  return next ? { next } : {};
}

beforeAll(async () => {
  mesh = await startMesh();
  nc = await connectNats(mesh.nats.url, 'test');
  jsm = await jetstreamManager(nc);
  client = new MessagingClient(nc, new ContextSigner(mesh.contextKey('workflow-orchestrator')));
  await ensureStreams(nc, 'workflow-orchestrator');
  nc.subscribe(StepApi.report.subject, {
    callback: (_error, msg) => {
      const { reports } = msg.json<StepReports>();
      seen.reports.push(...reports);
      const refused = headers();
      refused.set(header.errorCode, '503');
      if (seen.refusals-- <= 0)
        msg.respond(JSON.stringify({ replies: reports.map(() => ({ result: 'accepted', ...taken() })) }));
      else msg.respond('{"code":"UNAVAILABLE","message":"later"}', { headers: refused });
    },
  });
  nc.subscribe(StepApi.claim.subject, {
    callback: (_error, msg) => {
      seen.claims++;
      msg.respond(JSON.stringify({ state: 'closed', ...taken() }));
    },
  });
  worker = await mesh.start('step-workers', { SCM_CAPABILITIES: 'decision', SCM_CONCURRENCY: '2' });
}, TIMEOUT_MS);

beforeEach(() => {
  seen.reports.length = 0;
  seen.claims = 0;
  seen.refusals = 0;
  seen.next = undefined;
});

afterAll(async () => {
  await nc.close();
  await mesh.stop();
}, TIMEOUT_MS);

async function enqueue(capability: Capability, args: Record<string, unknown>): Promise<StepTask> {
  const task = taskOf(capability, args, { timeoutMs: 10_000 });
  const { executionId } = task;
  await client.enqueue(StepTasks[capability], [executionId, '1'], task, { id: executionId });
  return task;
}

const stored = async () => (await jsm.streams.info('TASKS')).state.messages;

describe('a worker pool', () => {
  it('does the tasks of its capabilities and leaves the others', async () => {
    const other = await enqueue('processing', { operations: [] });
    const task = await enqueue('decision', { rules: [], otherwise: 'x' });
    await waitFor(() => seen.reports.length === 1);
    const { executionId, workspaceId, step } = task;
    expect(seen.reports).toEqual([
      {
        executionId,
        workspaceId,
        step,
        attempt: 1,
        outcome: 'completed',
        output: { decision: 'x', matched: null },
        held: 1,
      },
    ]);
    await waitFor(async () => (await stored()) === 1);
    await jsm.streams.purge('TASKS', { filter: `${StepTasks.processing.subject}.${other.executionId}.1` });
  });

  it('reports until it is answered, and confirms the task only then', async () => {
    seen.refusals = 3;
    await enqueue('decision', { rules: [] });
    await waitFor(() => seen.reports.length === 2);
    expect(await stored()).toBe(1);
    await waitFor(async () => (await stored()) === 0);
    expect(seen.reports).toHaveLength(4);
    expect(seen.claims).toBe(0);
  });

  it('goes on with the step that the answer holds, and confirms its task after the last one', async () => {
    const others = await enqueue('decision', { rules: [], otherwise: 1 });
    seen.next = { ...others, step: 2, with: { rules: [], otherwise: 2 } };
    await waitFor(() => seen.reports.length === 2);
    expect(
      seen.reports.map(({ step, held, output }) => [step, held, (output as { decision: number }).decision]),
    ).toEqual([
      [1, 1, 1],
      [2, 1, 2],
    ]);
    await waitFor(async () => (await stored()) === 0);
    expect(seen.claims).toBe(0);
  });

  it('says of arguments that are not valid which they are', async () => {
    await enqueue('decision', { rules: [{}], more: 1 });
    await waitFor(() => seen.reports.length === 1);
    expect(seen.reports[0]).toMatchObject({ outcome: 'failed', error: { status: 400, retryable: false } });
    expect(String(seen.reports[0]?.error?.detail)).toContain('more');
  });

  it(
    'asks before it does what was given out before, and does what that stands for by now',
    async () => {
      seen.refusals = Number.POSITIVE_INFINITY;
      const task = await enqueue('decision', { rules: [] });
      await waitFor(() => seen.reports.length > 0);
      await worker.kill();
      seen.refusals = 0;
      seen.next = { ...task, step: 2, with: { rules: [], otherwise: 'after' } };
      worker = await mesh.start('step-workers', { SCM_CAPABILITIES: 'decision,action', SCM_EGRESS_ALLOW: '127.0.0.1' });
      await waitFor(async () => (await stored()) === 0, { timeoutMs: 30_000 });
      expect(seen.claims).toBe(1);
      expect(seen.reports.at(-1)).toMatchObject({ step: 2, held: 1, output: { decision: 'after' } });
      expect(seen.reports.slice(0, -1).every(({ step }) => step === 1)).toBe(true);
    },
    TIMEOUT_MS,
  );

  it('does not act for an execution that was cancelled before its task came', async () => {
    let requests = 0;
    const target = createHttpServer((_, response) => response.end(String(++requests))).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const { port } = target.address() as AddressInfo;
    await enqueue('action', { http: { url: `http://127.0.0.1:${port}` } });
    await waitFor(async () => (await stored()) === 0);
    expect([requests, seen.claims, seen.reports.length]).toEqual([0, 1, 0]);
    target.close();
  });

  it('does not start with settings that are not valid, and names them all', async () => {
    const start = mesh.start('step-workers', { SCM_CAPABILITIES: 'cooking', SCM_CONCURRENCY: '0' });
    await expect(start).rejects.toThrow(/SCM_CAPABILITIES[^]*SCM_CONCURRENCY/);
  });

  it('that still waits for NATS ends with whoever started it', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const main = join(import.meta.dirname, '../dist/main.js');
    const env = {
      SCM_NATS_URL: `nats://127.0.0.1:${(mute.address() as AddressInfo).port}`,
      SCM_CONTEXT_PRIVATE_KEY: mesh.contextKey('step-workers'),
      SCM_CONTEXT_PUBLIC_KEYS: mesh.contextPublicKeys,
    };
    const child = fork(main, { env, silent: true, execArgv: ['--import', '@scm/service/telemetry'] });
    const exited = once(child, 'exit');
    await once(mute, 'connection');
    child.disconnect();
    expect(await exited).toEqual([1, null]);
    mute.close();
  });
});
