import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { ControlApi, ExecutionApi, type ListExecutionsRequest } from '@scm/contracts';
import { startWorkflowMesh, type WorkflowMesh } from '../testing/workflow-mesh.js';

jest.setTimeout(60_000);

const workspace = randomUUID();
const REGIONS = ['eu', 'us', 'eu', 'us', 'eu', 'us', 'eu'];
let door: WorkflowMesh;
let ids: string[];

beforeAll(async () => {
  door = await startWorkflowMesh();
  await door.mesh.start('workflow-orchestrator');
  const attributes = { region: '.region', total: '.total', big: '.total > 3' };
  const document = { dsl: '1.0.3', namespace: 'test', version: '1.0.0' };
  const scm = { metadata: { scm: { attributes } } };
  const hold = [{ hold: { wait: '${ if .total == 6 then "PT1H" else "PT0S" end }' } }];
  await door.define(workspace, { document: { ...document, name: 'sold', ...scm }, do: hold });
  await door.define(workspace, { document: { ...document, name: 'plain' }, do: [{ one: { set: { x: 1 } } }] });
  ids = [];
  for (const [total, region] of REGIONS.entries()) ids.push(await door.start(workspace, 'sold', { region, total }));
  await door.start(workspace, 'plain', { region: 'eu' });
  await Promise.all(ids.slice(0, 6).map((id) => door.ended(workspace, id)));
}, 60_000);

afterAll(() => door.stop(), 60_000);

const list = async (request: ListExecutionsRequest, workspaceId = workspace) =>
  door.call(workspaceId, ExecutionApi.list, request);
/** Which of the executions, newest first. */
const found = async (request: ListExecutionsRequest) =>
  (await list({ ...request, limit: 100 })).items.map(({ id }) => ids.indexOf(id));

it('finds executions by an attribute, whatever its type, and by several', async () => {
  expect(await found({ attr: { region: 'eu' } })).toEqual([6, 4, 2, 0]);
  expect(await found({ attr: { total: '3' } })).toEqual([3]);
  expect(await found({ attr: { big: 'true' } })).toEqual([6, 5, 4]);
  expect(await found({ attr: { region: 'eu', big: 'true' } })).toEqual([6, 4]);
  expect(await found({ attr: { region: 'eu', unknown: 'x' } })).toEqual([]);
  expect((await list({ attr: { total: '3' } })).items).toMatchObject([
    { attributes: { region: 'us', total: 3, big: false } },
  ]);
});

it('finds them by status, workflow and time too', async () => {
  expect(await found({ attr: { region: 'eu' }, status: 'waiting' })).toEqual([6]);
  expect(await found({ attr: { region: 'eu' }, workflow: 'plain' })).toEqual([]);
  const created = await Promise.all(ids.map(async (id) => (await door.get(workspace, id)).createdAt));
  const range = { from: created[2], to: created[5] };
  expect(await found({ ...range, workflow: 'sold' })).toEqual([4, 3, 2]);
  expect(await found({ ...range, attr: { region: 'us' } })).toEqual([3]);
  await expect(list({ from: '2026-W07' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

it('pages without gap or repetition', async () => {
  const pages: string[] = [];
  for (let cursor: string | undefined; ;) {
    const { items, nextCursor } = await list({ attr: { region: 'eu' }, limit: 2, ...(cursor && { cursor }) });
    pages.push(...items.map(({ id }) => id));
    if (!nextCursor) break;
    cursor = nextCursor;
  }
  expect(pages.map((id) => ids.indexOf(id))).toEqual([6, 4, 2, 0]);
});

it('shows them to their workspace alone, and a fork by the same attributes', async () => {
  expect((await list({ attr: { region: 'eu' } }, randomUUID())).items).toEqual([]);
  const calls = { document: { dsl: '1.0.3', namespace: 'test', name: 'calls', version: '1.0.0' } };
  const metadata = { scm: { attributes: { kind: '.kind' } } };
  const one = { one: { call: 'processing', with: { operations: [] } } };
  await door.define(workspace, { document: { ...calls.document, metadata }, do: [one] });
  const id = await door.start(workspace, 'calls', { kind: 'forked' });
  await door.call(workspace, ControlApi.fork, { id, step: 2 });
  expect((await list({ attr: { kind: 'forked' } })).items).toHaveLength(2);
});
