import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { ControlApi, ExecutionApi, PayloadApi, StepApi, type Execution, type ExecutionChanged } from '@scm/contracts';
import { serviceActor } from '@scm/service';
import { waitFor } from '@scm/testing';
import { documentOf, startWorkflowMesh, stepOf, type WorkflowMesh } from '../testing/workflow-mesh.js';

jest.setTimeout(60_000);

const LARGE = 'x'.repeat(100_000);

let door: WorkflowMesh;
let workspace: string;

beforeAll(async () => {
  door = await startWorkflowMesh();
  await door.mesh.start('workflow-orchestrator', { SCM_RECHECK_SECONDS: '1' });
}, 60_000);

beforeEach(() => {
  workspace = randomUUID();
});

afterAll(() => door.stop(), 60_000);

const db = <Row extends object>(sql: string) => door.mesh.database.query<Row>(sql);

interface Shown {
  $payload: { id: string; bytes: number };
}

async function payloadOf(id: string, shown: unknown, workspaceId = workspace): Promise<unknown> {
  const { $payload } = shown as Shown;
  return (await door.call(workspaceId, PayloadApi.get, { id, payload: $payload.id })).value;
}

describe('a large value', () => {
  it('is a reference in rows, messages, events and answers, and whole for steps and expressions', async () => {
    const steps = [stepOf('one'), stepOf('two', { output: { as: '${ {length: (.text | length)} }' } })];
    await door.define(workspace, documentOf('flow', steps));
    const events: ExecutionChanged[] = [];
    const sub = door.nc.subscribe(`scm.evt.workflow.v1.execution-changed.${workspace}.>`, {
      callback: (_, msg) => void events.push(msg.json()),
    });
    const id = await door.start(workspace, 'flow', { text: LARGE });
    const jsm = await jetstreamManager(door.nc);
    const task = await waitFor(async () => jsm.streams.getMessage('TASKS', { seq: 1 }), { timeoutMs: 10_000 });
    expect(task?.json()).toMatchObject({ executionId: id, with: { operations: [] }, large: [{ at: 'input' }] });
    expect(task?.data.length).toBeLessThan(2_000);

    const workers = await door.mesh.start('step-workers');
    const execution = await door.ended(workspace, id);
    expect(execution).toMatchObject({ status: 'completed', output: { length: LARGE.length } });
    expect(execution.input).toMatchObject({ $payload: { bytes: LARGE.length + 11 } });
    expect(execution.steps?.[0]?.output).toEqual(execution.input);
    expect(await payloadOf(id, execution.input)).toEqual({ text: LARGE });

    const [sizes] = await db<{ row: number; history: number; blobs: string }>(
      `select length(state::text) as row, (select max(length(data::text)) from workflow.history_events) as history,
         (select count(*) from workflow.blobs) as blobs from workflow.executions where id = '${id}'`,
    );
    expect(Number(sizes?.blobs)).toBe(1);
    expect(Math.max(sizes?.row ?? 0, sizes?.history ?? 0)).toBeLessThan(8_000);

    await waitFor(() => events.some(({ type }) => type === 'execution.completed'));
    expect(JSON.stringify(events)).not.toContain(LARGE);
    expect(JSON.stringify(events)).toContain('$payload');
    const { items } = await door.call(workspace, ExecutionApi.history, { id });
    expect(JSON.stringify(items)).not.toContain(LARGE);
    sub.unsubscribe();
    await workers.stop();
  });

  it('goes with a fork, and into the execution that another one runs', async () => {
    const workers = await door.mesh.start('step-workers');
    await door.define(workspace, documentOf('child', [stepOf('inner')]));
    const run = { workflow: { namespace: 'test', name: 'child', version: '1.0.0', input: '${ . }' } };
    await door.define(workspace, documentOf('flow', [stepOf('one'), { sub: { run } }]));
    const id = await door.start(workspace, 'flow', { text: LARGE });
    const execution = await door.ended(workspace, id);
    expect(await payloadOf(id, execution.output)).toEqual({ text: LARGE });
    const step = execution.steps?.find(({ name }) => name === 'one')?.step ?? 0;
    const fork = await door.call(workspace, ControlApi.fork, { id, step });
    const forked: Execution = await door.ended(workspace, fork.executionId);
    expect(await payloadOf(forked.id, forked.output)).toEqual({ text: LARGE });
    await workers.stop();
  });

  it('is shown to its workspace alone', async () => {
    await door.define(workspace, documentOf('flow', [stepOf('one')]));
    const id = await door.start(workspace, 'flow', { text: LARGE });
    const { input } = await door.get(workspace, id);
    await expect(payloadOf(id, input, randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const none = { id, payload: '0'.repeat(32) };
    await expect(door.call(workspace, PayloadApi.get, none)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has a limit, and what goes beyond it is named', async () => {
    const huge = 'y'.repeat(300_000);
    await door.define(workspace, documentOf('flow', [{ hold: { wait: { hours: 1 } } }]));
    const id = await door.start(workspace, 'flow');
    const tooLarge = (path: string) => ({ code: 'PAYLOAD_TOO_LARGE', details: [expect.objectContaining({ path })] });
    const start = { workflow: 'flow', input: { huge } };
    await expect(door.call(workspace, ExecutionApi.start, start)).rejects.toMatchObject(tooLarge('input'));
    const signal = { id, name: 'go', data: huge };
    await expect(door.call(workspace, ControlApi.signal, signal)).rejects.toMatchObject(tooLarge('data'));
    const event = { type: 'some.event', data: huge };
    await expect(door.call(workspace, ControlApi.sendEvent, event)).rejects.toMatchObject(tooLarge('data'));
    const skip = { id, step: 2, output: huge };
    await expect(door.call(workspace, ControlApi.skipStep, skip)).rejects.toMatchObject(tooLarge('output'));
    const report = { executionId: id, workspaceId: workspace, step: 2, attempt: 1, outcome: 'completed' as const };
    const as = serviceActor('step-workers', workspace);
    const reported = await door.workers.request(StepApi.report, { reports: [{ ...report, output: huge }] }, { as });
    expect(reported.replies).toMatchObject([{ result: 'refused', error: { code: 'PAYLOAD_TOO_LARGE' } }]);
  });
});

describe('a stored execution', () => {
  it('is sealed for its row, and one from before there were seals is read as it is', async () => {
    await door.define(workspace, documentOf('flow', [{ hold: { wait: { hours: 1 } } }]));
    const id = await door.start(workspace, 'flow', { word: 'canary' });
    const [row] = await db<{ state: unknown; input: unknown; data: unknown }>(
      `select state, input, (select data from workflow.history_events where execution_id = e.id) as data
       from workflow.executions e where id = '${id}'`,
    );
    expect(row).toEqual({ state: expect.any(String), input: null, data: expect.any(String) });
    expect(Buffer.from(String(row?.state), 'base64').toString('latin1')).not.toContain('canary');

    const other = await door.start(workspace, 'flow', { word: 'other' });
    await db(`update workflow.executions set state = (select state from workflow.executions where id = '${id}')
      where id = '${other}'`);
    await expect(door.get(workspace, other)).rejects.toMatchObject({ code: 'INTERNAL' });

    await db(`update workflow.executions set input = '{"word": "plain"}', status = 'completed', output = '7',
      state = '{"next": 1, "context": null, "frames": {}, "undo": []}', check_at = null, ended_at = now()
      where id = '${other}'`);
    await db(`update workflow.history_events set data = '{"change": {"kind": "start"}, "random": 0, "changes": []}'
      where execution_id = '${other}'`);
    expect(await door.get(workspace, other)).toMatchObject({ input: { word: 'plain' }, output: 7 });
  });
});
