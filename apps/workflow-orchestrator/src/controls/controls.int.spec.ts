import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ControlApi, ExecutionApi, type Execution, type StepState } from '@scm/contracts';
import { waitFor, type TestService } from '@scm/testing';
import { documentOf, startWorkflowMesh, stepOf, type WorkflowMesh } from '../testing/workflow-mesh.js';

jest.setTimeout(60_000);

let door: WorkflowMesh;
let orchestrator: TestService;
let workers: TestService;
let workspace: string;
let url: string;

/** What acts: every request it got, by path; a test may keep some from being answered. */
const site = { requests: [] as string[], keys: [] as unknown[], hold: (_path: string) => false };
const held: ServerResponse[] = [];
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const path = request.url ?? '';
  site.requests.push(path);
  site.keys.push(request.headers['idempotency-key']);
  if (site.hold(path)) held.push(response);
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ path }));
});

const startOrchestrator = () => door.mesh.start('workflow-orchestrator', { SCM_RECHECK_SECONDS: '1' });

const env = { SCM_EGRESS_ALLOW: '127.0.0.1' };
const act = (name: string, metadata: object = {}): object => ({
  [name]: {
    call: 'http',
    with: { method: 'post', endpoint: `${url}/${name}` },
    metadata: { scm: { retry: { maxAttempts: 1 }, ...metadata } },
  },
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  door = await startWorkflowMesh();
  orchestrator = await startOrchestrator();
  workers = await door.mesh.start('step-workers', env);
});

beforeEach(() => {
  workspace = randomUUID();
  site.requests.length = 0;
  site.keys.length = 0;
  site.hold = () => false;
});

afterAll(async () => {
  server.closeAllConnections();
  await door?.stop();
  await new Promise((resolve) => server.close(resolve));
});

async function start(steps: object[], more: object = {}, name = 'flow'): Promise<string> {
  await door.define(workspace, documentOf(name, steps, more));
  return door.start(workspace, name);
}

async function stepThat(
  id: string,
  name: string,
  is: (step: StepState) => boolean,
): Promise<StepState & { step: number }> {
  return waitFor(async () => {
    const found = (await door.get(workspace, id)).steps?.find((step) => step.name === name && is(step));
    return found?.step === undefined ? undefined : { ...found, step: found.step };
  });
}

const statusIs = (id: string, status: Execution['status']) =>
  waitFor(async () => (await door.get(workspace, id)).status === status, { what: `${id} to be ${status}` });

describe('a person', () => {
  it('pauses an execution at the next step, gives that another input, and lets it go on', async () => {
    site.hold = (path) => path === '/one';
    const id = await start([act('one'), stepOf('two')]);
    await waitFor(() => site.requests.length === 1);
    expect(await door.call(workspace, ControlApi.pause, { id })).toMatchObject({ status: 'suspended' });
    await expect(door.call(workspace, ControlApi.pause, { id })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    held.splice(0).forEach((response) => response.end('{}'));
    const why = await waitFor(async () => {
      const told = await door.call(workspace, ControlApi.why, { id });
      return told.reasons[1]?.waits === 'resume' && told;
    });
    expect(why.reasons.map(({ waits }) => waits)).toEqual(['resume', 'resume']);
    const step = why.reasons[1]?.step ?? 0;
    await door.call(workspace, ControlApi.editStep, { id, step, input: { edited: true } });
    await door.call(workspace, ControlApi.resume, { id });
    expect(await door.ended(workspace, id)).toMatchObject({ status: 'completed', output: { edited: true } });
  });

  it('approves a step, or refuses it', async () => {
    const gate = {
      metadata: { scm: { approval: {} } },
      set: { by: '${ $approval.by }', note: '${ $approval.form.note }' },
    };
    for (const approved of [true, false]) {
      const id = await start([{ gate }], {}, approved ? 'yes' : 'no');
      const { step } = await stepThat(id, 'gate', ({ waits }) => waits === 'approval');
      expect((await door.call(workspace, ControlApi.why, { id })).reasons).toMatchObject([{ waits: 'approval', step }]);
      await door.call(workspace, ControlApi.approveStep, { id, step, approved, form: { note: 'fine' } });
      const { status, output, error } = await door.ended(workspace, id);
      if (approved) expect(output).toEqual({ by: 'user:u1', note: 'fine' });
      else expect([status, error?.status]).toEqual(['faulted', 403]);
    }
  });

  it('holds an approval against its form and its assignees', async () => {
    const form = { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] };
    const approval = { form, assignees: ['role:admin'] };
    const gate = { metadata: { scm: { approval } }, set: { count: '${ $approval.form.count }' } };
    const id = await start([{ gate }], {}, 'asked');
    const { step } = await stepThat(id, 'gate', ({ waits }) => waits === 'approval');
    const approve = (more: object, role: 'admin' | 'operator' = 'admin') =>
      door.call(workspace, ControlApi.approveStep, { id, step, approved: true, ...more }, { role });
    await expect(approve({ form: { count: 1 } }, 'operator')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(approve({ form: { count: 'one' } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: [{ path: 'form.count', message: expect.stringContaining('integer') }],
    });
    await expect(approve({})).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await approve({ form: { count: 3 } });
    expect(await door.ended(workspace, id)).toMatchObject({ output: { count: 3 } });
    const odd = { gate: { ...gate, metadata: { scm: { approval: { form: { type: 'odd' } } } } } };
    await expect(door.define(workspace, documentOf('odd', [odd]))).rejects.toMatchObject({
      details: [{ path: '/do/0/gate/metadata/scm/approval/form' }],
    });
  });

  it('signals an execution, also before it listens', async () => {
    const id = await start([act('one'), { go: { listen: { to: { one: { with: { type: 'scm.signal.go' } } } } } }]);
    await door.call(workspace, ControlApi.signal, { id, name: 'go', data: { n: 1 } });
    expect(await door.ended(workspace, id)).toMatchObject({ status: 'completed', output: [{ n: 1 }] });
  });

  it('skips a step, and retries one now', async () => {
    const slow = { retry: { maxAttempts: 2, initialMs: 3_600_000, maxMs: 3_600_000 } };
    const broken = { call: 'http', with: { method: 'get', endpoint: 'http://127.0.0.1:1/' }, metadata: { scm: slow } };
    const id = await start([{ broken }, stepOf('two')]);
    const { step } = await stepThat(id, 'broken', ({ waits }) => waits === 'retry');
    await door.call(workspace, ControlApi.retryStep, { id, step });
    const faulted = await door.ended(workspace, id);
    expect([faulted.status, faulted.steps?.[0]?.attempt]).toEqual(['faulted', 2]);
    const other = await start([{ broken }, stepOf('two')], {}, 'skipped');
    const waiting = await stepThat(other, 'broken', ({ waits }) => waits === 'retry');
    await door.call(workspace, ControlApi.skipStep, { id: other, step: waiting.step, output: { left: 'out' } });
    expect(await door.ended(workspace, other)).toMatchObject({ status: 'completed', output: { left: 'out' } });
  });

  it('forks an execution at a step without doing again what came before it', async () => {
    const id = await start([act('one'), act('two'), act('three')]);
    await door.ended(workspace, id);
    const { step } = await stepThat(id, 'three', () => true);
    site.requests.length = 0;
    const forked = await door.call(workspace, ControlApi.fork, { id, step, input: { other: true } });
    const ended = await door.ended(workspace, forked.executionId);
    expect([ended.status, ended.startedBy, site.requests]).toEqual(['completed', `fork:${id}`, ['/three']]);
  });

  it('forks an execution with another input, and with a child of its own', async () => {
    await door.define(workspace, documentOf('child', [{ s: { set: { n: '${ .n }' } } }]));
    const id = await start([
      stepOf('one', { with: { source: { n: '${ .n }' }, operations: [] } }),
      { two: { run: { workflow: { namespace: 'test', name: 'child', version: '1.0.0', input: { n: '${ .n }' } } } } },
    ]);
    await door.ended(workspace, id);
    for (const name of ['one', 'two']) {
      const { step } = await stepThat(id, name, () => true);
      const forked = await door.call(workspace, ControlApi.fork, { id, step, input: { n: 7 } });
      expect(await door.ended(workspace, forked.executionId)).toMatchObject({ status: 'completed', output: { n: 7 } });
    }
  });

  it('is refused what does not apply, what is not theirs, and what they may not do', async () => {
    const id = await start([stepOf('one')]);
    await door.ended(workspace, id);
    const refused = (request: Promise<unknown>, code: string) => expect(request).rejects.toMatchObject({ code });
    await refused(door.call(workspace, ControlApi.pause, { id }), 'FAILED_PRECONDITION');
    await refused(door.call(workspace, ControlApi.skipStep, { id, step: 99 }), 'FAILED_PRECONDITION');
    await refused(door.call(randomUUID(), ControlApi.pause, { id }), 'NOT_FOUND');
    await refused(door.call(workspace, ControlApi.pause, { id }, { role: 'viewer' }), 'PERMISSION_DENIED');
  });
});

describe('events', () => {
  it('go from one execution to those that listen, and start workflows', async () => {
    const order = { with: { type: 'order.placed', data: '${ .total > 10 }' } };
    const listening = await start([{ l: { listen: { to: { one: order } } } }], {}, 'listening');
    await door.define(
      workspace,
      documentOf('started', [{ s: { set: { got: '${ .total }' } } }], { schedule: { on: { one: order } } }),
    );
    const emit = (total: number) => ({
      [`e${total}`]: { emit: { event: { with: { type: 'order.placed', data: { total } } } } },
    });
    await start([emit(5), emit(50)], {}, 'emitting');
    expect(await door.ended(workspace, listening)).toMatchObject({ status: 'completed', output: [{ total: 50 }] });
    const started = await waitFor(async () => {
      const { items } = await door.call(workspace, ExecutionApi.list, { workflow: 'started' });
      return items.length > 0 && items;
    });
    expect(started).toHaveLength(1);
    expect(await door.ended(workspace, started[0]?.id ?? '')).toMatchObject({ output: { got: 50 } });
  });

  it('come from people too, and stay in their workspace', async () => {
    const elsewhere = workspace;
    const listen = [{ l: { listen: { to: { one: { with: { type: 'ping' } } } } } }];
    const other = await start(listen);
    workspace = randomUUID();
    const id = await start(listen);
    await door.call(workspace, ControlApi.sendEvent, { type: 'ping', data: 1 });
    expect((await door.ended(workspace, id)).output).toEqual([1]);
    expect(await door.get(elsewhere, other)).toMatchObject({ status: 'waiting' });
  });
});

describe('an execution of another workflow', () => {
  const child = (more: object = {}) => ({
    c: { run: { workflow: { namespace: 'test', name: 'child', version: '1.0.0', input: { n: '${ .n }' } }, ...more } },
  });

  it('gives its output, its failure, and ends with whoever waits for it', async () => {
    await door.define(workspace, documentOf('child', [{ s: { set: { twice: '${ .n * 2 }' } } }]));
    await door.define(workspace, documentOf('parent', [{ n: { set: { n: 21 } } }, child()]));
    const parent = await door.start(workspace, 'parent');
    expect(await door.ended(workspace, parent)).toMatchObject({ status: 'completed', output: { twice: 42 } });
    const { items } = await door.call(workspace, ExecutionApi.list, { workflow: 'child' });
    expect(items).toMatchObject([{ startedBy: `execution:${parent}`, parentId: parent }]);
    const missing = await start([{ c: { run: { workflow: { namespace: 'test', name: 'none', version: 'latest' } } } }]);
    expect(await door.ended(workspace, missing)).toMatchObject({ status: 'faulted', error: { status: 400 } });
  });

  it('is cancelled with its parent', async () => {
    await door.define(workspace, documentOf('child', [{ w: { wait: 'PT1H' } }]));
    await door.define(workspace, documentOf('parent', [child()]));
    const parent = await door.start(workspace, 'parent', { n: 1 });
    const { id } = await waitFor(
      async () => (await door.call(workspace, ExecutionApi.list, { workflow: 'child' })).items[0],
    );
    await door.call(workspace, ExecutionApi.cancel, { id: parent });
    expect(await door.ended(workspace, id)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a step of a ledger', () => {
  it('whose worker died is not done again: somebody decides', async () => {
    site.hold = () => true;
    const id = await start([act('pay', { effect: 'ledger' }), stepOf('after')]);
    await waitFor(() => site.requests.length === 1);
    await workers.kill();
    workers = await door.mesh.start('step-workers', env);
    await statusIs(id, 'needs-decision');
    expect(site.requests).toEqual(['/pay']);
    const { step } = await stepThat(id, 'pay', ({ waits }) => waits === 'decision');
    await door.call(workspace, ControlApi.decideStep, { id, step, decision: 'completed', output: { paid: true } });
    expect(await door.ended(workspace, id)).toMatchObject({ status: 'completed', output: { paid: true } });
    expect(site.requests).toEqual(['/pay']);
  });
});

describe('compensation', () => {
  it('undoes what was done, last first, though the orchestrator dies at every turn', async () => {
    const undo = (name: string) => ({
      compensate: { call: 'http', with: { method: 'post', endpoint: `${url}/undo-${name}` } },
    });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const steps = names.map((name) => act(name, undo(name)));
    const failing = { bad: { raise: { error: { type: 'urn:bad', status: 500 } } } };
    const id = await start([...steps, failing]);
    for (let kills = 0; kills < 6; kills++) {
      const before = site.requests.length;
      await orchestrator.kill();
      orchestrator = await startOrchestrator();
      await waitFor(async () => site.requests.length > before || (await door.get(workspace, id)).endedAt !== undefined);
    }
    expect(await door.ended(workspace, id, 40_000)).toMatchObject({ status: 'faulted', error: { type: 'urn:bad' } });
    const effects = [...new Set(site.requests)];
    expect(effects).toEqual([...names, ...names.toReversed().map((name) => `undo-${name}`)].map((name) => `/${name}`));
    // What came twice came with the same key.
    expect(new Set(site.keys).size).toBe(12);
  });
});

it('answers a control again whose first answer was lost, and does it once', async () => {
  const id = await start([{ hold: { wait: { hours: 1 } } }]);
  const options = { idempotencyKey: randomUUID() };
  const pause = () => door.call(workspace, ControlApi.pause, { id }, options);
  const paused = await pause();
  await door.call(workspace, ControlApi.resume, { id });
  // As if the orchestrator had died before it kept its reply.
  await door.mesh.database.query(`delete from workflow.idempotency_keys`);
  expect(await pause()).toEqual({ ...paused, status: 'waiting' });
  expect((await door.history(workspace, id)).map(({ type }) => type)).toEqual([
    'execution.started',
    'execution.pause',
    'execution.resume',
  ]);
});
