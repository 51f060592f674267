import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '@scm/testing';
import { startTaskGiver, type TaskGiver } from '../testing/task-giver.js';

jest.setTimeout(60_000);

const workspaceId = randomUUID();
const transactional = { workspaceId, effect: 'transactional' } as const;

let door: TaskGiver;
let env: Record<string, string>;

beforeAll(async () => {
  door = await startTaskGiver();
  await door.mesh.database.query('create table orders (item text not null, amount int)');
  env = { SCM_CAPABILITIES: 'action', SCM_SQL_DATABASES: `${workspaceId}/shop=${door.mesh.database.url}` };
  await door.mesh.start('step-workers', env);
});

afterAll(() => door?.stop());

const sqlOf = (statement: string, parameters: unknown[] = [], database = 'shop') => ({
  sql: { database, statement, parameters },
});
const order = (item: string) =>
  sqlOf('insert into orders (item, amount) select $1, count(*) from pg_sleep(0.05) returning item', [item]);
const countOf = async (item: string) =>
  Number((await door.mesh.database.query<{ n: string }>(`select count(*) n from orders where item = '${item}'`))[0]?.n);

describe('a statement of an action', () => {
  it('gives its rows', async () => {
    const id = await door.give('action', order('plain'), { workspaceId });
    const { outcome, output } = await door.reportOf(id);
    expect([outcome, output]).toEqual(['completed', { rowCount: 1, rows: [{ item: 'plain' }] }]);
  });

  it('is done once, though twenty attempts run at once', async () => {
    const key = randomUUID();
    const give = () => door.give('action', order('once'), { ...transactional, key });
    const ids = await Promise.all(Array.from({ length: 20 }, give));
    const reports = await Promise.all(ids.map((id) => door.reportOf(id)));
    for (const { outcome, output } of reports) {
      expect([outcome, output]).toEqual(['completed', { rowCount: 1, rows: [{ item: 'once' }] }]);
    }
    expect(await countOf('once')).toBe(1);
  });

  it('is done once, though the worker dies between effect and report', async () => {
    const worker = await door.mesh.start('step-workers', { ...env, SCM_CAPABILITIES: 'action' });
    const held = 'insert into orders (item) select $1 from pg_sleep(0.5) returning item';
    const ids = await Promise.all(
      Array.from({ length: 6 }, (_, i) => door.give('action', sqlOf(held, [`dying-${i}`]), transactional)),
    );
    await waitFor(async () => (await countOf('dying-0')) > 0 || (await countOf('dying-1')) > 0);
    await worker.kill();
    for (const id of ids) expect(await door.reportOf(id)).toMatchObject({ outcome: 'completed' });
    for (let i = 0; i < 6; i++) expect(await countOf(`dying-${i}`)).toBe(1);
  });

  it.each([
    ['the database refuses', sqlOf('insert into orders (item) values (null)'), /23502/],
    ['is no SQL', sqlOf('insert order'), /42601/],
    ['are two', sqlOf("insert into orders values ('two'); insert into orders values ('two')"), /42601/],
    ['ends the transaction', sqlOf('commit'), /leave the transaction alone/],
    ['is meant for a database that is unknown', sqlOf('select 1', [], 'other'), /no database of this workspace/],
  ])('that %s fails for good, and leaves nothing', async (_, args, detail) => {
    const id = await door.give('action', args, transactional);
    const { outcome, error } = await door.reportOf(id);
    expect([outcome, error?.['retryable']]).toEqual(['failed', false]);
    expect(error?.['detail']).toMatch(detail);
    expect(await countOf('two')).toBe(0);
  });

  it('reaches no database of another workspace', async () => {
    const { error } = await door.reportOf(await door.give('action', order('strange')));
    expect(error?.['detail']).toMatch(/no database of this workspace/);
    expect(await countOf('strange')).toBe(0);
  });

  it('is tried again when its time was too short', async () => {
    const id = await door.give('action', sqlOf('select pg_sleep(5)'), { ...transactional, timeoutMs: 200 });
    expect(await door.reportOf(id)).toMatchObject({ outcome: 'failed', error: { retryable: true, status: 504 } });
  });
});
