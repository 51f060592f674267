import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { disagreements, doneBefore } from '../../apps/workflow-orchestrator/src/testing/control-model.ts';
import { controlledTasks, playControls } from '../../apps/workflow-orchestrator/src/testing/control-play.ts';
import { startControlledSite } from '../../apps/workflow-orchestrator/src/testing/controlled-site.ts';
import { Client } from './client.mjs';
import { startInstance } from './instance.mjs';
import { randomFrom } from './random.mjs';
import { printCounts } from './report.mjs';
import { isReplayed, readExecutions } from './workflow-audit.mjs';

const players = 16;
const gamesOfEach = 2;
const controls = 14;
const workflow = 'controlled';

/** Of controls of a whole execution; the others stand below a step. */
const paths = { pause: 'pause', resume: 'resume', cancel: 'cancel', signal: 'signals/go' };

/** People do random things to many executions at once; answers, histories and effects agree with a model of the controls. */
export async function controlsSuite({ clone, folder, seed, signal, log }) {
  const random = randomFrom(seed);
  await using stack = new AsyncDisposableStack();
  const site = await startControlledSite();
  stack.defer(() => site.stop());
  const replicas = { 'step-workers': 2, 'workflow-orchestrator': 2 };
  const instance = await startInstance({ clone, folder, signal, log, replicas });
  stack.defer(() => instance.stop());
  const database = new pg.Pool({ connectionString: instance.backends.postgres.url, max: players });
  stack.defer(() => database.end());
  const client = new Client(instance.gatewayUrl, instance.apiKey, signal);
  const document = {
    document: { dsl: '1.0.3', namespace: 'chaos', name: workflow, version: '1.0.0' },
    do: controlledTasks(site.url),
  };
  await client.insist('POST', '/api/v1/workflows', { body: { document } });
  const door = doorOf(client, database);
  const games = await Promise.all(
    Array.from({ length: players }, () => playSome(door, randomFrom(random.next() * 2 ** 31))),
  );
  const played = games.flat();
  const read = await readExecutions(instance, { [workflow]: { document } });
  const faults = [];
  const prefix = [];
  for (const { id, asked, forks } of played) {
    const history = read.byExecution.get(id).map(({ data }, i) => ({ seq: i + 1, ...data }));
    const found = disagreements(history, asked);
    if (found.length > 0) log(JSON.stringify({ id, found, history, asked }));
    faults.push(...found.map((what) => `${id} ${what}`));
    for (const fork of forks) prefix.push(...doneBefore(history, fork.step).map((name) => `${fork.id}/${name}`));
  }
  const again = prefix.filter((name) => site.effects.has(name));
  const notReplayed = read.executions.filter((execution) => !isReplayed(execution, read, { [workflow]: { document } }));
  const asked = played.flatMap((game) => game.asked);
  printCounts(`controls of seed ${seed}`, {
    executions: played.length,
    'controls asked for': asked.length,
    'of which applied': asked.filter(({ isDone }) => isDone).length,
    forks: played.flatMap(({ forks }) => forks).length,
    'steps before the forks': prefix.length,
    'of which done again': again.length,
    transitions: [...read.byExecution.values()].flat().length,
  });
  return [
    ...faults,
    ...again.map((name) => `${name} was done again by a fork`),
    ...notReplayed.map(({ id }) => `the history of ${id} does not give its state`),
    ...[...site.effects].filter(([, { keys }]) => keys.size > 1).map(([name]) => `${name} came under two keys`),
    ...[...read.stuck, ...read.gaps].map((id) => `${id} is stuck, or has a gap in its history`),
    ...client.unexpected,
  ];
}

async function playSome(door, random) {
  const played = [];
  for (let game = 0; game < gamesOfEach; game++) played.push(await playControls(door, random.next, controls));
  return played;
}

/** People at the gateway; the number of the last transition is read where it is kept. */
function doorOf(client, database) {
  const execution = (id) => `/api/v1/executions/${id}`;
  const post = async (path, body) => {
    for (;;) {
      const answer = await client.try('POST', path, { body });
      if (answer?.status < 300 || answer?.status === 409) return answer;
      if (answer?.status !== 429) throw new Error(`POST ${path}: ${JSON.stringify(answer)}`);
    }
  };
  return {
    start: async () =>
      (await client.insist('POST', `/api/v1/workflows/${workflow}/executions`, { body: {} })).executionId,
    get: (id) => client.insist('GET', execution(id)),
    async control(id, kind, { step, ...body }) {
      const path = paths[kind] ?? `steps/${step}/${kind}`;
      return (await post(`${execution(id)}/${path}`, body)).status < 300;
    },
    async fork(id, step) {
      return (await post(`${execution(id)}/steps/${step}/fork`, {})).body.executionId;
    },
    async revision(id) {
      const { rows } = await database.query('select revision from workflow.executions where id = $1', [id]);
      return rows[0].revision;
    },
    pause: () => sleep(20),
  };
}
