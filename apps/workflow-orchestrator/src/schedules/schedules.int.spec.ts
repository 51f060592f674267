import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ExecutionApi, ScheduleApi, WorkflowApi, type Execution } from '@scm/contracts';
import { waitFor, type TestService } from '@scm/testing';
import { startWorkflowMesh, type WorkflowMesh } from '../testing/workflow-mesh.js';

jest.setTimeout(60_000);

let door: WorkflowMesh;
let replicas: TestService[];
let workspace: string;

const startReplicas = () => Promise.all([1, 2].map(() => door.mesh.start('workflow-orchestrator')));

beforeAll(async () => {
  door = await startWorkflowMesh();
  replicas = [await door.mesh.start('workflow-orchestrator')];
  replicas.push(await door.mesh.start('workflow-orchestrator'));
}, 60_000);

beforeEach(() => {
  workspace = randomUUID();
});

afterAll(() => door.stop(), 60_000);

const scheduled = (
  schedule: object | undefined,
  version = '1.0.0',
  tasks: object[] = [{ one: { set: { x: 1 } } }],
) => ({
  document: { dsl: '1.0.3', namespace: 'test', name: 'beat', version },
  ...(schedule && { schedule }),
  do: tasks,
});

/** Oldest first. */
async function executions(): Promise<Execution[]> {
  return (await door.call(workspace, ExecutionApi.list, { limit: 200 })).items.toReversed();
}

const atLeast = (count: number, of = '1.0.0') =>
  waitFor(
    async () => {
      const found = (await executions()).filter(({ version }) => version === of);
      return found.length >= count && found;
    },
    { timeoutMs: 30_000, what: `${count} executions` },
  );

const dueTimes = (items: Execution[]) => items.map(({ startedBy }) => Date.parse(startedBy.slice('schedule:'.length)));

const schedules = async () => (await door.call(workspace, ScheduleApi.list, {})).items;

async function setTime(sql: string): Promise<void> {
  await door.mesh.database.query(`update workflow.schedules set ${sql} where workspace_id = '${workspace}'`);
}

describe('a schedule', () => {
  it('starts one execution a time, however many replicas there are', async () => {
    await door.define(workspace, scheduled({ every: { seconds: 1 } }));
    const times = dueTimes(await atLeast(4));
    expect(new Set(times).size).toBe(times.length);
    expect(times.every((time, i) => i === 0 || (time - (times[i - 1] ?? 0)) % 1_000 === 0)).toBe(true);
    const [schedule] = await schedules();
    expect(schedule).toMatchObject({ workflow: 'beat', version: '1.0.0', everyMs: 1_000 });
    expect(Date.parse(schedule?.nextAt ?? '')).toBeGreaterThan(Date.parse(schedule?.lastAt ?? ''));
    const { schedule: shown } = await door.call(workspace, WorkflowApi.get, { name: 'beat' });
    expect(shown).toMatchObject({ version: '1.0.0', nextAt: expect.any(String), lastExecutionId: expect.any(String) });
    await door.call(workspace, ScheduleApi.remove, { workflow: 'beat' });
  });

  it('of a cron pattern starts with the time as input', async () => {
    await door.define(workspace, scheduled({ cron: '* * * * * *' }));
    const [first] = await atLeast(2);
    const { input, startedBy } = await door.get(workspace, first?.id ?? '');
    expect(startedBy).toBe(`schedule:${(input as { dueAt: string }).dueAt}`);
    await door.call(workspace, ScheduleApi.remove, { workflow: 'beat' });
  });

  it('after the end waits for it', async () => {
    const tasks = [{ gate: { listen: { to: { one: { with: { type: 'scm.signal.go' } } } } } }];
    await door.define(workspace, scheduled({ after: { seconds: 1 } }, '1.0.0', tasks));
    const [first] = await atLeast(1);
    await waitFor(async () => (await schedules())[0]?.lastExecutionId === first?.id);
    expect((await schedules())[0]).not.toHaveProperty('nextAt');
    await door.call(workspace, ExecutionApi.cancel, { id: first?.id ?? '' });
    const { endedAt = '' } = await door.ended(workspace, first?.id ?? '');
    const [, second] = await atLeast(2);
    expect(dueTimes(second ? [second] : [])).toEqual([Date.parse(endedAt) + 1_000]);
    await door.call(workspace, ScheduleApi.remove, { workflow: 'beat' });
  });

  it('that was missed while everything was down is caught up with once, and says so', async () => {
    await door.define(workspace, scheduled({ every: { hours: 1 } }));
    await Promise.all(replicas.map((replica) => replica.stop()));
    const missed = new Date(Date.now() - 5.5 * 3_600_000).toISOString();
    await setTime(`next_at = '${missed}', check_at = '${missed}'`);
    replicas = await startReplicas();
    const [execution] = await atLeast(1);
    const latest = new Date(Date.parse(missed) + 5 * 3_600_000).toISOString();
    const [started] = await door.history(workspace, execution?.id ?? '');
    expect(started?.data.change).toEqual({ kind: 'start', schedule: { dueAt: latest, missedFrom: missed } });
    const next = new Date(Date.parse(latest) + 3_600_000).toISOString();
    await waitFor(async () => (await schedules())[0]?.nextAt === next);
    expect(await executions()).toHaveLength(1);
  });

  it('that a replica died over is not started twice', async () => {
    await door.define(workspace, scheduled({ every: { hours: 1 } }));
    const due = new Date(Date.now() - 1_000).toISOString();
    await setTime(`next_at = '${due}', check_at = '${due}'`);
    await atLeast(1);
    await waitFor(async () => (await schedules())[0]?.lastAt === due);
    // As if nothing had been noted after the start.
    await setTime(`next_at = '${due}', check_at = '${due}', last_at = null`);
    await waitFor(async () => (await schedules())[0]?.lastAt === due);
    expect(await executions()).toHaveLength(1);
  });

  it('is taken over by a new version, and ended by one without or by who removes it', async () => {
    await door.define(workspace, scheduled({ every: { seconds: 1 } }));
    await atLeast(1);
    await door.define(workspace, scheduled({ cron: '* * * * * *' }, '2.0.0'));
    expect(await schedules()).toMatchObject([{ version: '2.0.0', cron: '* * * * * *', timeZone: 'UTC' }]);
    await atLeast(1, '2.0.0');
    await door.define(workspace, scheduled(undefined, '3.0.0'));
    expect(await schedules()).toEqual([]);
    const remove = () => door.call(workspace, ScheduleApi.remove, { workflow: 'beat' });
    await expect(remove()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await door.define(workspace, scheduled({ every: 'PT1H' }, '4.0.0'));
    await remove();
    expect(await schedules()).toEqual([]);
    await expect(
      door.call(workspace, ScheduleApi.remove, { workflow: 'beat' }, { role: 'viewer' }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
