import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { ControlApi, ExecutionApi, type RpcContract } from '@scm/contracts';
import { readDocument } from '../definitions/document.js';
import { planOf } from '../machine/plan.js';
import { replay, type Recorded } from '../machine/replay.js';
import { disagreements, doneBefore, type HistoryRow } from '../testing/control-model.js';
import { controlledTasks, playControls, type Door } from '../testing/control-play.js';
import { startControlledSite, type ControlledSite } from '../testing/controlled-site.js';
import { randomFrom } from '@scm/testing';
import { documentOf, startWorkflowMesh, type WorkflowMesh } from '../testing/workflow-mesh.js';

jest.setTimeout(180_000);

const EXECUTIONS = 24;
const CONTROLS = 12;
const seed = randomInt(2 ** 31);
const workspace = randomUUID();

let mesh: WorkflowMesh;
let site: ControlledSite;
let database: pg.Pool;

const contracts: Record<string, RpcContract> = {
  pause: ControlApi.pause,
  resume: ControlApi.resume,
  cancel: ExecutionApi.cancel,
  retry: ControlApi.retryStep,
  skip: ControlApi.skipStep,
  edit: ControlApi.editStep,
  approve: ControlApi.approveStep,
  decide: ControlApi.decideStep,
  signal: ControlApi.signal,
};

beforeAll(async () => {
  [mesh, site] = await Promise.all([startWorkflowMesh(), startControlledSite()]);
  const orchestrator = { SCM_RECHECK_SECONDS: '1' };
  await mesh.mesh.start('workflow-orchestrator', orchestrator);
  await Promise.all([
    mesh.mesh.start('workflow-orchestrator', orchestrator),
    mesh.mesh.start('step-workers', { SCM_EGRESS_ALLOW: '127.0.0.1' }),
  ]);
  database = new pg.Pool({ connectionString: mesh.mesh.database.url, max: 2 });
  await mesh.define(workspace, documentOf('flow', controlledTasks(site.url)));
});

afterAll(async () => {
  await database?.end();
  await mesh?.stop();
  await site?.stop();
});

const isRefusal = (error: unknown) => (error as { code?: string }).code === 'FAILED_PRECONDITION';

const door: Door = {
  start: () => mesh.start(workspace, 'flow'),
  get: (id) => mesh.get(workspace, id),
  async control(id, kind, args) {
    const request = { id, ...args, ...(kind === 'signal' && { name: 'go' }) };
    try {
      await mesh.call(workspace, contracts[kind] as RpcContract, request);
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  },
  async fork(id, step) {
    try {
      return (await mesh.call(workspace, ControlApi.fork, { id, step })).executionId;
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw error;
    }
  },
  async revision(id) {
    const { rows } = await database.query<{ revision: number }>(
      'select revision from workflow.executions where id = $1',
      [id],
    );
    return rows[0]?.revision ?? 0;
  },
  pause: () => sleep(20),
};

async function historyOf(id: string): Promise<HistoryRow[]> {
  const events = await mesh.history(workspace, id);
  return events.map(({ seq, data }) => ({ seq, ...data }) as unknown as HistoryRow);
}

/** Every transition can be made again from what the history says, and the last one is the end. */
async function replays(id: string): Promise<void> {
  const [{ input, startedBy, createdAt, status }, history] = await Promise.all([
    mesh.get(workspace, id),
    mesh.history(workspace, id),
  ]);
  const started = { id, workspaceId: workspace, workflow: 'flow', input, startedBy, createdAt: new Date(createdAt) };
  const plan = planOf(readDocument(documentOf('flow', controlledTasks(site.url))));
  const recorded = history.map(({ at, data }) => ({ at: new Date(at), data: data as unknown as Recorded['data'] }));
  const states = [...replay(plan, started, recorded)];
  expect({ status, states: states.length, open: Object.keys(states.at(-1)?.frames ?? {}) }).toEqual({
    status: history.at(-1)?.type.replace('execution.', ''),
    states: history.length,
    open: [],
  });
}

it('controls do what the model says, whatever comes when', async () => {
  const random = randomFrom(seed);
  const games = Array.from({ length: EXECUTIONS }, () => randomFrom(Math.floor(random() * 2 ** 31)));
  const played = await Promise.all(games.map((own) => playControls(door, own, CONTROLS)));
  const faults: string[] = [];
  let [done, forks, prefix] = [0, 0, 0];
  for (const { id, asked, forks: forked } of played) {
    const history = await historyOf(id);
    await replays(id);
    faults.push(...disagreements(history, asked).map((what) => `${id} ${what}`));
    done += asked.filter(({ isDone }) => isDone).length;
    for (const fork of forked) {
      forks++;
      await replays(fork.id);
      for (const name of doneBefore(history, fork.step)) {
        prefix++;
        if (site.effects.has(`${fork.id}/${name}`)) faults.push(`the fork ${fork.id} did ${name} again`);
      }
    }
  }
  const twoKeys = [...site.effects].filter(([, { keys }]) => keys.size > 1);
  const asked = played.reduce((sum, one) => sum + one.asked.length, 0);
  process.stderr.write(
    `controls, seed ${seed}: ${EXECUTIONS} executions, ${asked} controls of which ${done} applied, ` +
      `${forks} forks after ${prefix} steps, ${faults.length} disagreements\n`,
  );
  expect({ seed, faults, twoKeys }).toEqual({ seed, faults: [], twoKeys: [] });
});
