import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowApi } from '@scm/contracts';
import { schemaDrift } from '@scm/database';
import { database } from '../database.js';
import { documentOf, startWorkflowMesh, stepOf, type WorkflowMesh } from '../testing/workflow-mesh.js';

let door: WorkflowMesh;
const workspace = randomUUID();

beforeAll(async () => {
  door = await startWorkflowMesh();
  await door.mesh.start('workflow-orchestrator');
}, 60_000);

afterAll(() => door.stop(), 60_000);

const create = (document: unknown, workspaceId = workspace) => door.call(workspaceId, WorkflowApi.create, { document });

it('the schema is what the entities say', async () => {
  expect(await schemaDrift(database, door.mesh.database.url)).toEqual([]);
});

describe('a workflow', () => {
  const versioned = (name: string, version: string, steps = [stepOf('one')]) => ({
    document: { dsl: '1.0.3', namespace: 'test', name, version, title: 'T', summary: 'S' },
    do: steps,
  });

  it('keeps its versions as they are', async () => {
    const first = await create(versioned('kept', '1.0.0'));
    expect(first).toMatchObject({ name: 'kept', version: '1.0.0', title: 'T', summary: 'S' });
    expect(await create(JSON.stringify(versioned('kept', '1.0.0')))).toEqual(first);
    await expect(create(versioned('kept', '1.0.0', [stepOf('other')]))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    const second = await create(versioned('kept', '1.1.0', [stepOf('other')]));
    expect(await door.call(workspace, WorkflowApi.get, { name: 'kept' })).toEqual(
      Object.assign(second, { document: versioned('kept', '1.1.0', [stepOf('other')]) }),
    );
    expect(await door.call(workspace, WorkflowApi.get, { name: 'kept', version: '1.0.0' })).toMatchObject(first);
  });

  it('is made once however often at once', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => create(versioned('raced', '1.0.0'))));
    expect(new Set(replies.map((r) => r.createdAt)).size).toBe(1);
    const fought = await Promise.allSettled(
      ['a', 'b', 'c'].map((step) => create(versioned('fought', '1.0.0', [stepOf(step)]))),
    );
    expect(fought.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
  });

  it('is listed in pages', async () => {
    const own = randomUUID();
    for (const name of ['c', 'a', 'b']) await create(versioned(name, '1.0.0'), own);
    await create(versioned('b', '2.0.0'), own);
    const first = await door.call(own, WorkflowApi.list, { limit: 2 });
    expect(first.items.map((w) => `${w.name} ${w.version}`)).toEqual(['a 1.0.0', 'b 2.0.0']);
    const second = await door.call(own, WorkflowApi.list, { limit: 2, cursor: first.nextCursor });
    expect(second).toEqual({ items: [expect.objectContaining({ name: 'c' })] });
    const versions = await door.call(own, WorkflowApi.listVersions, { name: 'b', limit: 1 });
    expect(versions.items.map((w) => w.version)).toEqual(['2.0.0']);
    const older = await door.call(own, WorkflowApi.listVersions, { name: 'b', limit: 1, cursor: versions.nextCursor });
    expect(older.items.map((w) => w.version)).toEqual(['1.0.0']);
    await expect(door.call(own, WorkflowApi.list, { cursor: 'x' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('is not seen in another workspace', async () => {
    await create(versioned('mine', '1.0.0'));
    const other = randomUUID();
    await expect(door.call(other, WorkflowApi.get, { name: 'mine' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(door.call(other, WorkflowApi.listVersions, { name: 'mine' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await door.call(other, WorkflowApi.list, {})).items).toEqual([]);
    await create(versioned('mine', '1.0.0', [stepOf('theirs')]), other);
  });

  it('is refused with the place of each fault, and nothing is kept', async () => {
    const document = documentOf('bad', [stepOf('one', { oops: 1 }), { two: { call: 'nothing' } }]);
    await expect(create(document)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: expect.arrayContaining([
        { path: '/do/0/one/oops', message: 'is not known here' },
        expect.objectContaining({ path: '/do/1/two/call' }),
      ]) as unknown,
    });
    await expect(door.call(workspace, WorkflowApi.get, { name: 'bad' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is made by operators, and puts it on record', async () => {
    const asViewer = door.call(
      workspace,
      WorkflowApi.create,
      { document: versioned('v', '1.0.0') },
      { role: 'viewer' },
    );
    await expect(asViewer).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await create(versioned('recorded', '1.0.0'));
    const rows = await door.mesh.database.query<{ outcome: string; resource_id: string }>(
      `select outcome, resource_id from workflow.audit_events where workspace_id = $1`,
      [workspace],
    );
    expect(rows.map((r) => `${r.outcome} ${r.resource_id}`)).toEqual(
      expect.arrayContaining(['done recorded@1.0.0', 'denied scm.rpc.workflow.v1.create']),
    );
    expect(rows.filter((r) => r.resource_id === 'kept@1.0.0')).toHaveLength(1);
  });
});
