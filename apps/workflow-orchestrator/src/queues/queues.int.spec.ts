import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ControlApi, ExecutionApi, QueueApi, type Reason } from '@scm/contracts';
import { waitFor, type TestService } from '@scm/testing';
import { startBusySite, type BusySite } from '../testing/busy-site.js';
import { documentOf, startWorkflowMesh, type WorkflowMesh } from '../testing/workflow-mesh.js';

jest.setTimeout(180_000);

const SLOTS = 8;
const workers = { SCM_EGRESS_ALLOW: '127.0.0.1', SCM_CONCURRENCY: String(SLOTS), SCM_CAPABILITIES: 'action' };

/** A workspace that gets three steps for each one of another. */
const heavy = randomUUID();

let door: WorkflowMesh;
let site: BusySite;
let workspace: string;
let orchestrators: TestService[];

beforeAll(async () => {
  [door, site] = await Promise.all([startWorkflowMesh(), startBusySite()]);
  orchestrators = [
    await door.mesh.start('workflow-orchestrator', {
      SCM_RECHECK_SECONDS: '1',
      SCM_MAX_QUEUED_PER_WORKSPACE: '60',
      SCM_WORKSPACE_WEIGHTS: `${heavy}=3`,
    }),
  ];
  await door.mesh.start('step-workers', workers);
});

beforeEach(() => {
  workspace = randomUUID();
  site.takes(0);
});

afterEach(() => site.open());

afterAll(async () => {
  await door?.stop();
  await site?.stop();
});

/** A workflow of one visit to the site, with what `metadata.scm` says of the task and of the document. */
function visiting(name: string, task: object = {}, whole: object = {}): object {
  const visit = {
    call: 'http',
    with: { method: 'get', endpoint: `${site.url}/${name}`, query: { by: '${ $workflow.id }' } },
    metadata: { scm: { retry: { maxAttempts: 1 }, ...task } },
  };
  const document = { dsl: '1.0.3', namespace: 'test', name, version: '1.0.0', metadata: { scm: whole } };
  return documentOf(name, [{ visit }], { document });
}

async function startMany(workflow: string, inputs: readonly Record<string, unknown>[]): Promise<string[]> {
  return Promise.all(inputs.map((input) => door.start(workspace, workflow, input)));
}

const visitsTo = (name: string) => site.visits.filter(({ path }) => path === `/${name}`).length;
const completed = (ids: readonly string[]) => Promise.all(ids.map((id) => door.ended(workspace, id, 60_000)));
const range = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));
const waiting = async () =>
  Number((await door.mesh.database.query<{ n: string }>(`select count(*) as n from workflow.admissions`))[0]?.n);
const reasons = async (id: string): Promise<Reason[]> => (await door.call(workspace, ControlApi.why, { id })).reasons;

describe('a key of a task', () => {
  it('bounds how many of its steps are at work at once, and nothing is left of it', async () => {
    site.takes(10);
    await door.define(workspace, visiting('three', { concurrency: { key: 'db', limit: 3 } }));
    const executions = await completed(await startMany('three', range(40)));
    expect(executions.map(({ status }) => status)).toEqual(Array(40).fill('completed'));
    expect([visitsTo('three'), site.most('/three')]).toEqual([40, 3]);
    expect(await waiting()).toBe(0);
    const keys = await door.mesh.database.query(`select key, at_work from workflow.limit_keys where at_work <> 0`);
    expect(keys).toEqual([]);
  });

  it('is what its expression gives, each for itself', async () => {
    site.close();
    await door.define(workspace, visiting('each', { concurrency: { key: '${ .host }', limit: 1 } }));
    const ids = await startMany('each', [{ host: 'a' }, { host: 'a' }, { host: 'b' }]);
    await waitFor(() => visitsTo('each') === 2);
    const told = await waitFor(async () =>
      (await Promise.all(ids.map(reasons))).flat().find((r) => r.waits === 'limit'),
    );
    expect(told).toMatchObject({ name: 'visit', detail: expect.stringContaining('`a`') });
    site.open();
    await completed(ids);
  });

  it('bounds how many of its steps begin in a period', async () => {
    await door.define(workspace, visiting('rate', { rateLimit: { limit: 5, period: 'PT1S' } }));
    await completed(await startMany('rate', range(12)));
    const at = site.visits.filter(({ path }) => path === '/rate').map(({ atMs }) => atMs);
    // Six in a row are never nearer than a period, but for the way to the worker.
    const spans = at.slice(5).map((time, i) => time - (at[i] ?? 0));
    expect(Math.min(...spans)).toBeGreaterThan(500);
  });

  it('that is none makes the step fail', async () => {
    await door.define(workspace, visiting('none', { concurrency: { key: '${ .nothing }', limit: 1 } }));
    const [execution] = await completed(await startMany('none', [{}]));
    expect(execution).toMatchObject({ status: 'faulted', error: { detail: 'the key of a limit must be a text' } });
  });
});

describe('a key of a document', () => {
  it('bounds how many of its executions are at work at once', async () => {
    site.close();
    await door.define(workspace, visiting('whole', {}, { concurrency: { limit: 2 } }));
    const ids = await startMany('whole', range(5));
    await waitFor(() => visitsTo('whole') === 2);
    const told = await waitFor(async () => {
      const all = (await Promise.all(ids.map(reasons))).flat();
      return all.filter(({ waits }) => waits === 'limit').length === 3 ? all : undefined;
    });
    expect(told.find(({ waits }) => waits === 'limit')?.detail).toBe(
      'its key `whole` lets no more than 2 executions at once begin',
    );
    site.open();
    await completed(ids);
    expect([visitsTo('whole'), site.most('/whole')]).toEqual([5, 2]);
    expect(await waiting()).toBe(0);
  });
});

describe('what waits in the queue', () => {
  /** Steps that fill every slot, and more of them that wait. */
  async function fill(count: number): Promise<string[]> {
    site.close();
    const before = visitsTo('fill');
    await door.define(workspace, visiting('fill'));
    const ids = await startMany('fill', range(SLOTS + count));
    await waitFor(() => visitsTo('fill') === before + SLOTS);
    return ids;
  }

  it('begins by priority', async () => {
    const filling = await fill(20);
    await door.define(workspace, visiting('urgent', {}, { priority: 1 }));
    await door.define(workspace, visiting('plain'));
    const plain = await startMany('plain', range(3));
    const urgent = await startMany('urgent', range(3));
    const { executionId } = await door.call(workspace, ExecutionApi.start, { workflow: 'plain', priority: 2 });
    const queued = await door.mesh.database.query<{ id: string }>(
      `select execution_id as id from workflow.admissions order by priority, rank`,
    );
    site.open();
    await completed([...filling, ...plain, ...urgent, executionId]);
    const ids = queued.map(({ id }) => id);
    const order = site.visits.map(({ by }) => by).filter((id) => ids.includes(id));
    // Slots begin together, so those near each other may be swapped.
    const placesOff = order.map((id, place) => Math.abs(place - ids.indexOf(id)));
    expect(Math.max(...placesOff)).toBeLessThan(2 * SLOTS);
    // An urgent one may have been admitted before the look.
    const first = [...ids.filter((id) => urgent.includes(id)), executionId];
    expect(ids.slice(0, first.length)).toEqual(first);
  });

  it('begins by turns of the workspaces, by their weights, however much one of them has', async () => {
    const light = workspace;
    const filling = await fill(45);
    workspace = heavy;
    await door.define(workspace, visiting('heavy'));
    const few = await startMany('heavy', range(12));
    const order = await door.mesh.database.query<{ owner: string }>(
      `select workspace_id as owner from workflow.admissions order by priority, rank`,
    );
    const until = order.findLastIndex(({ owner }) => owner === heavy);
    const others = order.slice(0, until).filter(({ owner }) => owner === light).length;
    process.stderr.write(`12 steps of weight 3 in the queue: ${others} of weight 1 before the last of them\n`);
    expect(Math.abs(others - 4)).toBeLessThanOrEqual(1);
    site.open();
    await completed(few);
    workspace = light;
    await completed(filling);
  });

  it('is told with its place, leaves at once when it is cancelled or skipped, and stays while it is paused', async () => {
    const filling = await fill(40);
    await door.define(workspace, visiting('told'));
    const [cancelled = '', skipped = '', paused = ''] = await startMany('told', range(3));
    const told = await waitFor(async () => (await reasons(skipped)).find(({ waits }) => waits === 'queue'));
    expect(told).toMatchObject({
      name: 'visit',
      step: 2,
      detail: expect.stringMatching(/^priority 3 in the queue of action steps, with \d+ before it$/),
    });
    const depth = async () =>
      (await door.call(workspace, QueueApi.list, { capabilities: ['action'] }, { role: 'viewer' })).queues[0];
    expect(await depth()).toMatchObject({ inFlight: SLOTS, queued: 43, heldBack: 0 });
    const rows = (id: string) =>
      door.mesh.database.query(`select 1 from workflow.admissions where execution_id = '${id}'`);
    await door.call(workspace, ExecutionApi.cancel, { id: cancelled });
    expect(await rows(cancelled)).toEqual([]);
    expect((await door.call(workspace, ControlApi.skipStep, { id: skipped, step: 2, output: 1 })).status).toBe(
      'completed',
    );
    expect(await rows(skipped)).toEqual([]);
    await door.call(workspace, ControlApi.pause, { id: paused });
    expect((await reasons(paused)).map(({ waits }) => waits)).toEqual(['resume', 'resume']);
    expect(await depth()).toMatchObject({ inFlight: SLOTS, queued: 40, heldBack: 1 });
    site.open();
    await completed(filling);
    expect(visitsTo('told')).toBe(0);
    await door.call(workspace, ControlApi.resume, { id: paused });
    await completed([paused]);
    expect([visitsTo('told'), await waiting()]).toEqual([1, 0]);
  });

  it('of an execution that is undone was not begun, and is not undone', async () => {
    const filling = await fill(40);
    const undo = { call: 'http', with: { method: 'get', endpoint: `${site.url}/undone` } };
    await door.define(workspace, visiting('undoable', { compensate: undo }));
    const [id = ''] = await startMany('undoable', [{}]);
    await waitFor(async () => (await reasons(id)).some(({ waits }) => waits === 'queue'));
    await door.call(workspace, ExecutionApi.cancel, { id });
    const { status } = await door.ended(workspace, id);
    expect(status).toBe('cancelled');
    site.open();
    await completed(filling);
    expect([visitsTo('undoable'), visitsTo('undone'), await waiting()]).toEqual([0, 0, 0]);
  });

  it('is not added to beyond the quota of its workspace', async () => {
    const filling = await fill(60);
    const start = () => door.call(workspace, ExecutionApi.start, { workflow: 'fill' });
    const refusal = await waitFor(() =>
      start().then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    expect(refusal).toMatchObject({ code: 'RESOURCE_EXHAUSTED', retryAfterMs: 5_000 });
    const other = workspace;
    workspace = randomUUID();
    await door.define(workspace, visiting('other'));
    const [id = ''] = await startMany('other', [{}]);
    site.open();
    await completed([id]);
    workspace = other;
    await completed(filling);
  });
});

describe('limits', () => {
  it('hold while orchestrators are killed, and leave no slot taken', async () => {
    site.takes(100);
    const env = { SCM_RECHECK_SECONDS: '1' };
    orchestrators.push(await door.mesh.start('workflow-orchestrator', env));
    await door.define(
      workspace,
      visiting('held', { concurrency: { key: 'k', limit: 3 } }, { concurrency: { limit: 20 } }),
    );
    const started = startMany('held', range(150));
    for (let kills = 0; kills < 3; kills++) {
      const seen = visitsTo('held');
      await waitFor(() => visitsTo('held') >= Math.min(seen + 10, 150), { timeoutMs: 60_000 });
      await orchestrators.shift()?.kill();
      orchestrators.push(await door.mesh.start('workflow-orchestrator', env));
    }
    const executions = await completed(await started);
    expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['completed']));
    process.stderr.write(
      `limit of 3: ${visitsTo('held')} visits, at most ${site.most('/held')} at once, 3 orchestrators killed\n`,
    );
    expect(site.most('/held')).toBe(3);
    expect(await waiting()).toBe(0);
    expect(await door.mesh.database.query(`select key from workflow.limit_keys where at_work <> 0`)).toEqual([]);
  });
});
