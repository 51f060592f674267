import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import {
  AlertApi,
  ControlApi,
  ExecutionApi,
  MetricsApi,
  MetricsEvents,
  NotifyApi,
  QueueApi,
  StepApi,
  type AlertTransition,
  type ExecutionChanged,
} from '@scm/contracts';
import { ensureStreams } from '@scm/messaging';
import { serviceActor } from '@scm/service';
import { waitFor, type TestService } from '@scm/testing';
import {
  answerForOthers,
  documentOf,
  startWorkflowMesh,
  stepOf,
  type Received,
  type WorkflowMesh,
} from '../testing/workflow-mesh.js';

jest.setTimeout(30_000);

const demo = readFileSync(join(import.meta.dirname, '../../../../tools/demo/cpu-pressure-response.yaml'), 'utf8');
const quick = { metadata: { scm: { retry: { maxAttempts: 4, initialMs: 20, maxMs: 100, factor: 2 } } } };

let door: WorkflowMesh;
let workers: TestService;
let received: Received[];
let workspace: string;

/** An HTTP server whose answers a test chooses; without a choice it never answers. */
const site = { requests: [] as IncomingMessage[], answer: (_res: ServerResponse) => {} };
const server = createServer((req, res) => {
  site.requests.push(req);
  site.answer(res);
});
let siteUrl: string;

const startWorkers = (env = {}) => door.mesh.start('step-workers', { SCM_EGRESS_ALLOW: '127.0.0.1', ...env });

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  siteUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  door = await startWorkflowMesh();
  received = answerForOthers(door);
  await ensureStreams(door.nc, 'metrics-ingest');
  await door.mesh.start('workflow-orchestrator', { SCM_RECHECK_SECONDS: '1' });
  workers = await startWorkers();
}, 60_000);

beforeEach(() => {
  workspace = randomUUID();
  received.length = 0;
  site.requests.length = 0;
  site.answer = () => {};
});

// What hangs would hold up the worker that stops.
afterEach(() => server.closeAllConnections());

afterAll(async () => {
  await door.stop();
  await new Promise((resolve) => server.close(resolve));
}, 60_000);

const http = (more: object = {}) => ({ call: 'action', with: { http: { url: siteUrl, body: { a: 1 } } }, ...more });

async function run(steps: object[], input?: Record<string, unknown>, more: object = {}) {
  await door.define(workspace, documentOf('flow', steps, more));
  return door.ended(workspace, await door.start(workspace, 'flow', input));
}

function alert(more: Partial<AlertTransition> = {}): AlertTransition {
  return {
    alertId: randomUUID(),
    workspaceId: workspace,
    ruleId: randomUUID(),
    fingerprint: 'f1',
    alertName: 'CpuBusy',
    labels: { severity: 'warning', host: 'web-1', instance: 'web-1' },
    annotations: {},
    value: 0.97,
    startsAt: new Date().toISOString(),
    ...more,
  };
}

const fire = (transition: AlertTransition) =>
  door.people.publish({
    contract: MetricsEvents.alertFired,
    keys: [transition.workspaceId],
    payload: transition,
    id: randomUUID(),
  });

const executionsOf = async (workspaceId: string) => (await door.call(workspaceId, ExecutionApi.list, {})).items;

describe('an execution', () => {
  it('started by an alert goes through all five kinds of steps', async () => {
    await door.define(workspace, demo);
    const fired = alert();
    await fire(fired);
    const [listed] = await waitFor(async () => {
      const items = await executionsOf(workspace);
      return items.length > 0 ? items : undefined;
    });
    const execution = await door.ended(workspace, listed?.id ?? '');
    expect(execution).toMatchObject({ status: 'completed', startedBy: `alert:${fired.alertId}`, input: fired });
    expect(execution.steps?.map((s) => [s.name, s.kind, s.status, s.attempt])).toEqual([
      ['measure', 'analysis', 'completed', 1],
      ['summarise', 'processing', 'completed', 1],
      ['judge', 'decision', 'completed', 1],
      ['takeOver', 'action', 'completed', 1],
      ['tell', 'notification', 'completed', 1],
    ]);
    expect(execution.steps?.[0]?.output).toMatchObject({ count: 3, mean: 0.55, max: 0.95, last: 0.95 });
    expect(execution.steps?.[2]?.output).toEqual({ decision: 'warning', matched: 1 });
    const by = (subject: string) => received.filter((r) => r.subject === subject);
    const [asked, acknowledged, told] = [MetricsApi.queryRange, AlertApi.acknowledge, NotifyApi.send].map(
      (contract) => by(contract.subject)[0],
    );
    expect(received).toHaveLength(3);
    expect(acknowledged?.body).toEqual({ id: fired.alertId, comment: 'judged warning by cpu-pressure-response' });
    expect(told?.body).toMatchObject({
      title: 'CPU pressure on web-1 was looked into',
      body: 'Mean load 0.55, at most 0.95, in 3 samples of the last minute.',
      severity: 'warning',
      topic: 'workflow.cpu-pressure-response',
    });
    expect(execution.output).toEqual({ notificationId: expect.any(String) as unknown });
    for (const { actor } of received) {
      expect(actor).toMatchObject({ id: 'step-workers', workspaceId: workspace, onBehalfOf: execution.startedBy });
    }
    for (const call of [asked, acknowledged, told]) expect(call?.traceparent).toContain(execution.traceId);
    expect(acknowledged?.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has a history without gaps and tells of each change', async () => {
    const execution = await run([stepOf('one'), stepOf('two')], { x: 1 });
    const history = await door.history(workspace, execution.id);
    expect(history.map((h) => [h.seq, h.type])).toEqual([
      [1, 'execution.started'],
      [2, 'step.completed'],
      [3, 'execution.completed'],
    ]);
    const paged = await door.call(workspace, ExecutionApi.history, { id: execution.id, limit: 2 });
    const rest = await door.call(workspace, ExecutionApi.history, { id: execution.id, cursor: paged.nextCursor });
    expect([...paged.items, ...rest.items]).toEqual(history);
    const consumer = await jetstream(door.nc).consumers.get('WORKFLOW_EVENTS', {
      filter_subjects: [`scm.evt.workflow.v1.execution-changed.${workspace}.flow.${execution.id}`],
    });
    const events: ExecutionChanged[] = [];
    for await (const msg of await consumer.fetch({ max_messages: 3, expires: 5_000 })) {
      expect(msg.headers?.get('traceparent')).toContain(execution.traceId);
      events.push(msg.json());
    }
    expect(events.map((e) => [e.seq, e.type, e.status])).toEqual([
      [1, 'execution.started', 'running'],
      [2, 'step.completed', 'running'],
      [3, 'execution.completed', 'completed'],
    ]);
    expect(events.map((e) => e.step)).toEqual([undefined, 'one', undefined]);
    expect(events[1]?.data).toMatchObject({
      changes: [
        { name: 'one', status: 'completed', output: { x: 1 } },
        { name: 'two', status: 'running', attempt: 1 },
      ],
    });
  });

  it('carries data by input, output and export', async () => {
    const shaped = await run(
      [
        stepOf('one', {
          with: { source: '${ .n }', operations: [] },
          output: { as: { got: '${ . }' } },
          export: { as: { kept: '${ .got }' } },
        }),
        stepOf('two', {
          input: { from: '${ $context.kept }' },
          with: { source: { in: '${ . }', id: '${ $workflow.id }' }, operations: [] },
        }),
      ],
      { deep: { n: 7 } },
      { input: { from: '${ .deep }' }, output: { as: '${ [0] // .in }'.replace('[0] // ', '') } },
    );
    expect(shaped).toMatchObject({ status: 'completed', input: { deep: { n: 7 } }, output: 7 });
  });

  it('faults where an expression cannot be evaluated', async () => {
    const execution = await run(
      [stepOf('one'), stepOf('two', { with: { source: '${ .n.deeper }', operations: [] } })],
      {
        n: 5,
      },
    );
    expect(execution).toMatchObject({
      status: 'faulted',
      error: { instance: '/do/1/two', status: 400, retryable: false },
    });
    expect(execution.steps?.map((s) => s.status)).toEqual(['completed', 'faulted']);
  });

  it('is started once for one idempotency key', async () => {
    await door.define(workspace, documentOf('flow', [stepOf('one')]));
    const start = () => door.call(workspace, ExecutionApi.start, { workflow: 'flow' }, { idempotencyKey: 'k1' });
    const first = await start();
    expect(await start()).toEqual(first);
    await door.ended(workspace, first.executionId);
    expect(await executionsOf(workspace)).toHaveLength(1);
  });

  it('is refused without a workflow, with a large input, or to a viewer', async () => {
    const start = (workflow: string, input = {}) => door.call(workspace, ExecutionApi.start, { workflow, input });
    await expect(start('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await door.define(workspace, documentOf('flow', [stepOf('one')]));
    await expect(start('flow', { x: 'y'.repeat(300_000) })).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await expect(
      door.call(workspace, ExecutionApi.start, { workflow: 'flow' }, { role: 'viewer' }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('belongs to its workspace alone', async () => {
    const { id } = await run([stepOf('one')]);
    const other = randomUUID();
    for (const asked of [
      door.call(other, ExecutionApi.get, { id }),
      door.call(other, ExecutionApi.cancel, { id }),
      door.call(other, ExecutionApi.history, { id }),
    ]) {
      await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await executionsOf(other)).toEqual([]);
  });

  it('is found by workflow and status, in pages, newest first', async () => {
    await run([stepOf('one')]);
    await door.define(workspace, documentOf('other', [stepOf('one', { call: 'decision', with: { rules: [5] } })]));
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await door.start(workspace, 'other'));
    for (const id of ids) expect(await door.ended(workspace, id)).toMatchObject({ status: 'faulted' });
    const first = await door.call(workspace, ExecutionApi.list, { workflow: 'other', status: 'faulted', limit: 2 });
    const rest = await door.call(workspace, ExecutionApi.list, {
      workflow: 'other',
      limit: 2,
      cursor: first.nextCursor,
    });
    expect([...first.items, ...rest.items].map((e) => e.id)).toEqual(ids.toReversed());
    expect((await door.call(workspace, ExecutionApi.list, { status: 'completed' })).items).toHaveLength(1);
  });
});

it('a cursor that was made up is refused as such', async () => {
  const { id } = await run([stepOf('one')]);
  const made = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
  for (const asked of [
    door.call(workspace, ExecutionApi.list, { cursor: made(['now', 'x']) }),
    door.call(workspace, ExecutionApi.history, { id, cursor: made(['x']) }),
    door.call(workspace, ExecutionApi.history, { id, cursor: made([1e12]) }),
  ]) {
    await expect(asked).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: [{ path: 'cursor' }] });
  }
});

describe('a step', () => {
  it('is retried with the same key until it succeeds', async () => {
    site.answer = (res) => {
      res.writeHead(site.requests.length < 3 ? 503 : 200, { 'content-type': 'application/json' }).end('{"ok":true}');
    };
    const execution = await run([{ act: http(quick) }, stepOf('after')]);
    expect(execution.status).toBe('completed');
    expect(execution.steps?.[0]).toMatchObject({
      attempt: 3,
      status: 'completed',
      output: { status: 200, body: { ok: true } },
    });
    expect(site.requests).toHaveLength(3);
    expect(new Set(site.requests.map((r) => r.headers['idempotency-key'])).size).toBe(1);
    const types = (await door.history(workspace, execution.id)).map((h) => h.type);
    expect(types).toEqual([
      'execution.started',
      'step.retrying',
      'step.retried',
      'step.retrying',
      'step.retried',
      'step.completed',
      'execution.completed',
    ]);
  });

  it('faults the execution when its attempts are used up', async () => {
    site.answer = (res) => res.writeHead(500).end();
    const execution = await run([{ act: http(quick) }, stepOf('after')]);
    expect(execution).toMatchObject({ status: 'faulted', error: { instance: '/do/0/act', status: 503 } });
    expect(execution.steps?.map((s) => [s.status, s.attempt])).toEqual([
      ['faulted', 4],
      ['pending', 0],
    ]);
    expect(site.requests).toHaveLength(4);
  });

  it.each<[string, object, number]>([
    ['a refusal of the other side', { http: { url: '', method: 'PUT' } }, 1],
    ['no kind of action', {}, 0],
    ['two kinds of actions', { http: { url: 'http://x' }, acknowledge: { id: randomUUID() } }, 0],
    ['an unknown field', { http: { url: 'http://x', proxy: 'y' } }, 0],
    ['a private address', { http: { url: 'http://127.0.0.2:1/' } }, 0],
    ['a broken header', { http: { url: 'http://x', headers: { 'a b': 'c' } } }, 0],
  ])('is not retried after %s', async (_what, args, requests) => {
    site.answer = (res) => res.writeHead(404).end();
    const given = JSON.parse(JSON.stringify(args).replace('"url":""', `"url":"${siteUrl}"`)) as object;
    const execution = await run([{ act: { call: 'action', with: given, ...quick } }]);
    expect(execution).toMatchObject({ status: 'faulted', error: { retryable: false }, steps: [{ attempt: 1 }] });
    expect(site.requests).toHaveLength(requests);
  });

  it('that takes longer than its document allows is given up', async () => {
    const once = { metadata: { scm: { retry: { maxAttempts: 1 } } }, timeout: { after: 'PT0.3S' } };
    const execution = await run([{ act: http(once) }]);
    expect(execution).toMatchObject({
      status: 'faulted',
      error: { type: expect.stringContaining('timeout') as unknown },
    });
  });

  it('whose output is too large fails and says so', async () => {
    const big = { x: 'y'.repeat(200_000) };
    const execution = await run(
      [stepOf('one', { with: { operations: [{ set: { more: 'z'.repeat(100_000) } }] } })],
      big,
    );
    expect(execution).toMatchObject({ status: 'faulted', error: { status: 413, retryable: false } });
  });

  it('that is cancelled is not taken any more', async () => {
    await door.define(workspace, documentOf('flow', [{ act: http() }, stepOf('after')]));
    const id = await door.start(workspace, 'flow');
    await waitFor(() => site.requests.length === 1);
    const cancelled = await door.call(workspace, ExecutionApi.cancel, { id });
    expect(cancelled).toMatchObject({ status: 'cancelled', steps: [{ status: 'cancelled' }, { status: 'pending' }] });
    expect(await door.call(workspace, ExecutionApi.cancel, { id })).toEqual(cancelled);
    const as = serviceActor('step-workers', workspace);
    const report = {
      executionId: id,
      workspaceId: workspace,
      step: 2,
      attempt: 1,
      outcome: 'completed' as const,
    };
    const { replies } = await door.workers.request(StepApi.report, { reports: [report] }, { as });
    expect(replies).toEqual([{ result: 'stale' }]);
    expect(await door.get(workspace, id)).toEqual(cancelled);
    await expect(
      door.call(workspace, ExecutionApi.cancel, {
        id: (
          await run(
            [stepOf('other')],
            {},
            { document: { dsl: '1.0.3', namespace: 't', name: 'flow', version: '2.0.0' } },
          )
        ).id,
      }),
    ).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  });

  it('is reported only by workers, for the attempt that is open', async () => {
    await door.define(workspace, documentOf('flow', [{ act: http() }]));
    const id = await door.start(workspace, 'flow');
    await waitFor(() => site.requests.length === 1);
    const report = {
      executionId: id,
      workspaceId: workspace,
      step: 2,
      attempt: 1,
      outcome: 'completed' as const,
    };
    await expect(door.call(workspace, StepApi.report, { reports: [report] }, { role: 'admin' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    const tell = async (more: object, from = workspace) => {
      const as = serviceActor('step-workers', from);
      const told = await door.workers.request(StepApi.report, { reports: [{ ...report, ...more }] }, { as });
      return told.replies[0];
    };
    expect(await tell({ attempt: 2 })).toEqual({ result: 'stale' });
    expect(await tell({ step: 3 })).toEqual({ result: 'stale' });
    expect(await tell({}, randomUUID())).toEqual({ result: 'stale' });
    expect(await tell({ executionId: randomUUID() })).toEqual({ result: 'stale' });
    expect((await door.get(workspace, id)).status).toBe('running');
    expect(await tell({ output: 1 })).toEqual({ result: 'accepted' });
    expect(await tell({ output: 2 })).toEqual({ result: 'stale' });
    expect(await door.ended(workspace, id)).toMatchObject({ status: 'completed', output: 1 });
  });

  it('whose task nobody can read faults its execution', async () => {
    await door.define(workspace, documentOf('flow', [{ act: http() }]));
    const id = await door.start(workspace, 'flow');
    await waitFor(() => site.requests.length === 1);
    await jetstream(door.nc).publish(`scm.task.step.v1.action.${id}.2`, '{"executionId":5}');
    expect(await door.ended(workspace, id)).toMatchObject({ status: 'faulted', error: { retryable: false } });
    const letters = await door.mesh.database.query(`select subject from workflow.dead_letters where subject like $1`, [
      `%${id}%`,
    ]);
    expect(letters).toHaveLength(1);
  });
});

it('many changes of one execution at once are all answered', async () => {
  await door.define(workspace, documentOf('flow', [{ w: { wait: 'PT1H' } }]));
  const id = await door.start(workspace, 'flow');
  const signals = Array.from({ length: 60 }, (_, i) =>
    door.call(workspace, ControlApi.signal, { id, name: 'go', data: i }).then(({ status }) => status),
  );
  expect(new Set(await Promise.all(signals))).toEqual(new Set(['waiting']));
  const nobody = Array.from({ length: 60 }, () => door.call(workspace, ControlApi.pause, { id: randomUUID() }));
  expect((await Promise.allSettled(nobody)).every(({ status }) => status === 'rejected')).toBe(true);
});

describe('an alert', () => {
  it('starts each workflow that waits for it once', async () => {
    const on = (filter: object) => ({ schedule: { on: { one: { with: { type: 'scm.alert.fired', ...filter } } } } });
    await door.define(workspace, documentOf('by-name', [stepOf('one')], on({ subject: 'CpuBusy' })));
    await door.define(workspace, documentOf('by-label', [stepOf('one')], on({ data: { labels: { host: 'web-1' } } })));
    await door.define(workspace, documentOf('other-name', [stepOf('one')], on({ subject: 'DiskFull' })));
    await door.define(
      workspace,
      documentOf('other-label', [stepOf('one')], on({ subject: 'CpuBusy', data: { labels: { host: 'db' } } })),
    );
    await door.define(workspace, documentOf('no-alert', [stepOf('one')]));
    await door.define(workspace, documentOf('was-started', [stepOf('one')], on({})));
    const newer = { dsl: '1.0.3', namespace: 'test', name: 'was-started', version: '2.0.0' };
    await door.define(workspace, { document: newer, do: [stepOf('one')] });
    const fired = alert();
    for (let i = 0; i < 3; i++) await fire(fired);
    await fire(alert({ workspaceId: randomUUID() }));
    const last = alert({ labels: {}, alertName: 'DiskFull' });
    await fire(last);
    // The last alert was handed over last, and may be done with before the others.
    await waitFor(async () => (await executionsOf(workspace)).length >= 3);
    const started = (await executionsOf(workspace)).map((e) => `${e.workflow} ${e.startedBy}`);
    expect(started.toSorted()).toEqual([
      `by-label alert:${fired.alertId}`,
      `by-name alert:${fired.alertId}`,
      `other-name alert:${last.alertId}`,
    ]);
  });
});

describe('the queues', () => {
  const depth = async (capability: 'action' | 'decision') =>
    (await door.call(workspace, QueueApi.list, { capabilities: [capability] }, { role: 'viewer' })).queues[0];

  it('show what workers hold, what waits, and for how long', async () => {
    await workers.kill();
    workers = await startWorkers({ SCM_CAPABILITIES: 'action', SCM_CONCURRENCY: '1' });
    await waitFor(async () => (await depth('action'))?.inFlight === 0);
    await door.define(workspace, documentOf('flow', [{ act: http() }]));
    const ids = await Promise.all([1, 2, 3].map(() => door.start(workspace, 'flow')));
    await waitFor(() => site.requests.length === 1);
    const shown = await waitFor(async () => {
      const found = await depth('action');
      return found?.inFlight === 1 && found;
    });
    expect(shown).toMatchObject({ queued: 2, inFlight: 1 });
    await door.define(workspace, documentOf('undone', [{ judge: { call: 'decision', with: { rules: [] } } }]));
    const undone = await door.start(workspace, 'undone');
    expect(await depth('decision')).toMatchObject({ queued: 1, inFlight: 0 });
    await waitFor(async () => ((await depth('decision'))?.oldestAgeSeconds ?? 0) > 0.2);
    for (const id of [...ids, undone]) await door.call(workspace, ExecutionApi.cancel, { id });
    expect(await depth('action')).toMatchObject({ queued: 0, inFlight: 0, oldestAgeSeconds: 0 });
    expect(await depth('decision')).toMatchObject({ queued: 0, inFlight: 0 });
    const jsm = await jetstreamManager(door.nc);
    // What the killed worker held comes once more, and is found closed.
    // Of other kinds the killed worker may have held one whose confirmation it did not send: nobody does those now.
    const stored = async () => {
      const { state } = await jsm.streams.info('TASKS', { subjects_filter: '>' });
      return Object.keys(state.subjects ?? {}).filter((subject) => /\.(action|decision)\./.test(subject));
    };
    await waitFor(async () => (await stored()).length === 0, { what: 'no task to be stored', timeoutMs: 45_000 });
    expect(site.requests).toHaveLength(1);
  }, 60_000);
});
