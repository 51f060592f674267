import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  capabilities,
  ControlApi,
  ExecutionApi,
  MetricsEvents,
  type AlertTransition,
  type ApproveStepRequest,
  type DecideStepRequest,
  type Execution,
  type SendEventRequest,
  type SignalRequest,
} from '@scm/contracts';
import { ensureStreams } from '@scm/messaging';
import { waitFor } from '@scm/testing';
import { readDocument } from '../definitions/document.js';
import type { WorkflowDocument } from '../definitions/language.js';
import { planOf, taskKinds } from '../machine/plan.js';
import { startExampleSite, type ExampleSite } from '../testing/example-site.js';
import { startStandIns } from '../testing/stand-ins.js';
import { answerForOthers, startWorkflowMesh, type WorkflowMesh } from '../testing/workflow-mesh.js';

jest.setTimeout(60_000);

const docs = join(import.meta.dirname, '../../../../docs');
const pages = join(docs, 'reference/workflow-language');
const folder = join(docs, 'examples/workflows');
const names = readdirSync(folder).map((file) => file.replace('.yaml', ''));

/** What `document.metadata.example` says: how the execution begins, what is done while it waits, and how it ends. */
interface Example {
  /** Other examples to store before. */
  stores?: string[];
  input?: Record<string, unknown>;
  event?: SendEventRequest;
  alert?: Partial<AlertTransition>;
  /** Its time comes. */
  scheduled?: boolean;
  does?: Deed[];
  status?: string;
  attributes?: object;
  output?: unknown;
  error?: object;
  /** Requests that undo what was done. */
  undone?: string[];
}

interface Deed {
  send?: SendEventRequest;
  signal?: Omit<SignalRequest, 'id'>;
  approve?: Pick<ApproveStepRequest, 'approved' | 'form'>;
  decide?: Pick<DecideStepRequest, 'decision' | 'output'>;
}

const textOf = (name: string): string => readFileSync(join(folder, `${name}.yaml`), 'utf8');
const documentOf = (name: string): WorkflowDocument => readDocument(textOf(name));
const exampleOf = (name: string): Example =>
  (documentOf(name).document as { metadata?: { example?: Example } }).metadata?.example ?? {};

let door: WorkflowMesh;
let sites: { url: string; stop: () => Promise<void> }[];
let shop: ExampleSite;

beforeAll(async () => {
  const [petStore, exampleSite] = await Promise.all([startStandIns(), startExampleSite()]);
  shop = exampleSite;
  sites = [petStore, exampleSite];
  door = await startWorkflowMesh();
  answerForOthers(door);
  await door.mesh.database.query('create table orders (item text, amount int)');
  await ensureStreams(door.nc, 'metrics-ingest');
  const origins = [`https://petstore.swagger.io=${petStore.url}`, `https://api.example.com=${shop.url}`];
  await Promise.all([
    door.mesh.start('workflow-orchestrator', { SCM_RECHECK_SECONDS: '1' }),
    door.mesh.start('step-workers', {
      SCM_EGRESS_ALLOW: '127.0.0.1',
      SCM_EGRESS_ORIGINS: origins.join(','),
      SCM_SQL_DATABASES: `*/shop=${door.mesh.database.url}`,
    }),
  ]);
}, 60_000);

afterAll(async () => {
  await Promise.all((sites ?? []).map((site) => site.stop()));
  await door?.stop();
});

async function begin(workspace: string, name: string, { input, event, alert, scheduled }: Example): Promise<string> {
  if (alert) await fire(workspace, alert);
  else if (event) await door.call(workspace, ControlApi.sendEvent, event);
  else if (scheduled) await letTimeCome(workspace);
  else return door.start(workspace, name, input);
  return waitFor(async () => (await door.call(workspace, ExecutionApi.list, {})).items[0]?.id, { timeoutMs: 20_000 });
}

async function letTimeCome(workspace: string): Promise<void> {
  const due = `now() - interval '1 second'`;
  await door.mesh.database.query(
    `update workflow.schedules set next_at = ${due}, check_at = ${due} where workspace_id = '${workspace}'`,
  );
}

async function fire(workspaceId: string, more: Partial<AlertTransition>): Promise<void> {
  const alert: AlertTransition = {
    alertId: randomUUID(),
    workspaceId,
    ruleId: randomUUID(),
    fingerprint: 'f1',
    alertName: '',
    labels: {},
    annotations: {},
    value: 0,
    startsAt: new Date().toISOString(),
    ...more,
  };
  await door.people.publish({
    contract: MetricsEvents.alertFired,
    keys: [workspaceId],
    payload: alert,
    id: randomUUID(),
  });
}

/** Does to a waiting execution what a person or an event would do. */
async function act(workspace: string, id: string, { send, signal, approve, decide }: Deed): Promise<void> {
  const wanted = approve ? 'approval' : decide ? 'decision' : 'event';
  const { step = 0 } = await waitFor(
    async () => (await door.get(workspace, id)).steps?.find((s) => s.status === 'waiting' && s.waits === wanted),
    { timeoutMs: 20_000, what: `a task that waits for ${wanted}` },
  );
  if (send) await door.call(workspace, ControlApi.sendEvent, send);
  if (signal) await door.call(workspace, ControlApi.signal, { id, ...signal });
  if (approve) await door.call(workspace, ControlApi.approveStep, { id, step, ...approve });
  if (decide) await door.call(workspace, ControlApi.decideStep, { id, step, ...decide });
}

async function play(name: string): Promise<Execution> {
  const workspace = randomUUID();
  const example = exampleOf(name);
  for (const stored of [...(example.stores ?? []), name]) await door.define(workspace, textOf(stored));
  const id = await begin(workspace, name, example);
  for (const deed of example.does ?? []) await act(workspace, id, deed);
  return door.ended(workspace, id);
}

describe('the examples of the documents', () => {
  it.each(names)('%s ends as it says', async (name) => {
    const { status = 'completed', attributes, output, error, undone = [] } = exampleOf(name);
    const expected = {
      status,
      ...(attributes && { attributes }),
      ...(output !== undefined && { output }),
      ...(error && { error }),
    };
    expect(await play(name)).toMatchObject(expected);
    expect(shop.requests).toEqual(expect.arrayContaining(undone));
  });

  it('have every kind of task, every call, and every way to start by an event or a time', () => {
    const documents = names.map(documentOf);
    const nodes = documents.flatMap((document) => [...planOf(document).nodes.values()]);
    const calls = nodes.flatMap(({ task }) => task.call ?? []);
    expect(taskKinds.filter((kind) => !nodes.some((node) => node.kind === kind))).toEqual([]);
    expect([...capabilities, 'http', 'openapi', 'mcp'].filter((call) => !calls.includes(call))).toEqual([]);
    expect(documents.filter(({ use }) => use?.functions)).not.toEqual([]);
    expect(documents.flatMap(({ schedule }) => schedule?.on?.one?.with.type ?? [])).toContain('scm.alert.fired');
    expect(documents.filter(({ document }) => document.metadata?.scm?.attributes)).not.toEqual([]);
    const times = ['cron', 'every', 'after'] as const;
    expect(times.filter((time) => !documents.some(({ schedule }) => schedule?.[time] !== undefined))).toEqual([]);
    expect([...new Set(nodes.flatMap(({ task }) => Object.keys(task.metadata?.scm ?? {})))].toSorted()).toEqual([
      'approval',
      'compensate',
      'concurrency',
      'cost',
      'effect',
      'limits',
      'priority',
      'rateLimit',
      'retry',
    ]);
  });

  it.each(names)('%s is shown as it is in one page', (name) => {
    const shown = readdirSync(pages).filter((page) =>
      readFileSync(join(pages, page), 'utf8').includes(`\`\`\`yaml\n${textOf(name)}\`\`\``),
    );
    expect(shown).toHaveLength(1);
  });
});
