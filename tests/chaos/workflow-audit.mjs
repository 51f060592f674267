import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { readDocument } from '../../apps/workflow-orchestrator/dist/definitions/document.js';
import { planOf } from '../../apps/workflow-orchestrator/dist/machine/plan.js';
import { replay } from '../../apps/workflow-orchestrator/dist/machine/replay.js';
import { openerOf } from './sealed.mjs';

/** Executions that nothing will ever go on with, and that no named wait explains. */
const stuck = `select id from workflow.executions where ended_at is null and (
  (check_at is null and status <> 'suspended' and listens is null
    and not coalesce(waits && array['approval', 'decision'], false))
  or check_at < now() - interval '30 seconds')`;

const gaps = `select e.id from workflow.executions e join workflow.history_events h on h.execution_id = e.id
  group by e.id, e.revision having max(h.seq) <> count(*) or max(h.seq) <> e.revision`;

const executionRows = `select id, workspace_id as "workspaceId", workflow, status, state, started_by as "startedBy",
  created_at as "createdAt", parent_id as "parentId", ended_at as "endedAt" from workflow.executions
  where workflow = any($1)`;

const historyRows = `select execution_id as "executionId", workspace_id as "workspaceId", seq, at, data
  from workflow.history_events order by execution_id, seq`;

/** The executions of these workflows as Postgres has them, and their history, all of it opened. */
export async function readExecutions({ backends, secrets }, workflows) {
  const client = new pg.Client({ connectionString: backends.postgres.url });
  await client.connect();
  try {
    const executions = (await client.query(executionRows, [Object.keys(workflows)])).rows;
    const history = (await client.query(historyRows)).rows;
    const idsOf = async (query) => (await client.query(query)).rows.map(({ id }) => id);
    const opener = await openerOf(client, secrets.keyFiles.encryption);
    return {
      executions: executions.map(opener.row),
      byExecution: Map.groupBy(history.map(opener.history), ({ executionId }) => executionId),
      stuck: await idsOf(stuck),
      gaps: await idsOf(gaps),
    };
  } finally {
    await client.end();
  }
}

/** Ids of executions that have neither ended nor wait for a decision. */
export const underWay = ({ executions }) =>
  executions.filter(({ endedAt, status }) => !endedAt && status !== 'needs-decision').map(({ id }) => id);

export const undecided = ({ executions }) =>
  executions.filter(({ status }) => status === 'needs-decision').map(({ id }) => id);

/** What is not as it must be in the end, as texts. */
export function faultsIn(read, { load, receiver, workflows }) {
  const { executions } = read;
  const known = new Map(executions.map((execution) => [execution.id, execution]));
  const missing = [...load.accepted.keys(), ...load.forks.keys()].filter((id) => !known.has(id));
  return [
    ...some(missing, 'accepted executions are missing'),
    ...some(underWay(read), 'executions are under way'),
    ...some(read.stuck, 'executions are stuck'),
    ...some(read.gaps, 'histories have gaps'),
    ...some(
      executions.filter((execution) => !isReplayed(execution, read, workflows)).map(({ id }) => id),
      'histories do not give the stored state',
    ),
    ...familyFaults(executions, workflows),
    ...effectFaults(executions, { load, receiver, workflows }),
  ];
}

/** Every parent has one child of the workflow it names. */
function familyFaults(executions, workflows) {
  const children = Map.groupBy(executions, ({ parentId }) => parentId);
  const wrong = executions.filter(({ id, workflow, status }) => {
    const { child } = workflows[workflow];
    const found = children.get(id) ?? [];
    return child && status === 'completed' && !(found.length === 1 && found[0].workflow === child);
  });
  return some(
    wrong.map(({ id }) => id),
    'executions have not the one child they wait for',
  );
}

/** Whether the machine makes the stored state of the history again. */
export function isReplayed(execution, { byExecution }, workflows) {
  const plan = planOf(readDocument(workflows[execution.workflow].document));
  const states = [...replay(plan, execution, byExecution.get(execution.id) ?? [])];
  return isDeepStrictEqual(JSON.parse(JSON.stringify(states.at(-1))), execution.state);
}

function effectFaults(executions, { load, receiver: { effects }, workflows }) {
  const wanted = new Map(executions.map((execution) => [execution.id, wantedOf(execution, workflows, load)]));
  const names = [...wanted].flatMap(([id, { sure }]) => sure.map((step) => `${id}/${step}`));
  const allowed = new Set(
    [...wanted].flatMap(([id, { sure, perhaps }]) => [...sure, ...perhaps].map((s) => `${id}/${s}`)),
  );
  const isOnce = (name) => name.endsWith('/pay');
  const filtered = (is) => [...effects].filter(([name, effect]) => is(name, effect)).map(([name]) => name);
  return [
    ...some(
      executions
        .filter(({ workflow, status }) => status !== (workflows[workflow].status ?? 'completed'))
        .map(({ id, workflow, status }) => `${workflow} ${id} ${status}`),
      'executions ended otherwise than they should',
    ),
    ...some(
      names.filter((name) => !effects.has(name)),
      'effects never happened',
    ),
    ...some(
      filtered((name) => !allowed.has(name)),
      'effects should not have happened',
    ),
    ...some(
      filtered((_, { keys }) => keys.size > 1),
      'effects happened under two keys',
    ),
    ...some(
      filtered((name, { times }) => isOnce(name) && times > 1),
      'ledger steps ran twice',
    ),
    ...some(
      executions.filter(({ id, workflow }) => !isInOrder(id, workflows[workflow], effects)).map(({ id }) => id),
      'executions were not undone last first',
    ),
  ];
}

/** A fork has the effects from its step on, and none of those before it. */
function wantedOf({ id, workflow }, workflows, { forks }) {
  const { effects, undone = [], once = [] } = workflows[workflow];
  return { sure: forks.has(id) ? ['e'] : [...effects, ...undone], perhaps: once };
}

function isInOrder(id, { undone = [] }, effects) {
  const places = undone.map((step) => effects.get(`${id}/${step}`)?.place ?? -1);
  return places.every((place, i) => i === 0 || place > places[i - 1]);
}

/** What a run prints. */
export function countsOf({ executions }, { load, receiver: { effects } }) {
  const statuses = Object.entries(Object.groupBy(executions, ({ status }) => status)).map(
    ([status, list]) => `${list.length} ${status}`,
  );
  const times = [...effects.values()].reduce((sum, effect) => sum + effect.times, 0);
  const paid = [...effects].filter(([name]) => name.endsWith('/pay'));
  return {
    'executions accepted': load.accepted.size,
    'forks accepted': load.forks.size,
    'executions with children and forks': executions.length,
    ended: statuses.join(', '),
    'effects, distinct': effects.size,
    'effects repeated, same key': times - effects.size,
    'ledger steps that ran': paid.length,
    'ledger steps that ran twice': paid.filter(([, effect]) => effect.times > 1).length,
  };
}

const some = (list, what) => (list.length > 0 ? [`${list.length} ${what}: ${list.slice(0, 3).join(', ')}`] : []);
