import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthApi, MetricsEvents, type Actor, type AlertTransition } from '@scm/contracts';
import { createDatabase, type TestDatabase } from '@scm/testing';
import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import {
  AddBaseTables1790000000000,
  AddPublishedEvents1790000006000,
  Database,
  IdempotencyStore,
  migrate,
  newId,
  oweEvent,
  OutboxRepository,
  schemaDrift,
  type DatabaseDeclaration,
  type OwedEvent,
} from './index.js';

@Entity('notes')
class NoteEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'notes_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) text: string;
}

class AddNotes1790000009000 implements MigrationInterface {
  name = 'AddNotes1790000009000';
  async up(runner: QueryRunner) {
    await runner.query(
      `create table notes (id uuid not null constraint notes_pkey primary key, workspace_id uuid not null, text text not null)`,
    );
  }
  async down(runner: QueryRunner) {
    await runner.query(`drop table notes`);
  }
}

class AddFunction1790000009002 implements MigrationInterface {
  name = 'AddFunction1790000009002';
  async up(runner: QueryRunner) {
    await runner.query(`create function answer() returns int language sql as 'select 42'`);
  }
  async down(runner: QueryRunner) {
    await runner.query(`drop function answer()`);
  }
}

class AddOpenTable1790000009001 implements MigrationInterface {
  name = 'AddOpenTable1790000009001';
  async up(runner: QueryRunner) {
    await runner.query(`create table open_to_all (id int)`);
  }
  async down() {}
}

const declaration: DatabaseDeclaration = {
  schema: 'notes_of_spec',
  entities: [NoteEntity],
  migrations: [
    AddBaseTables1790000000000,
    AddPublishedEvents1790000006000,
    AddNotes1790000009000,
    AddFunction1790000009002,
  ],
  systemFunctions: ['answer()'],
};
const [alpha, beta] = [randomUUID(), randomUUID()];

let server: TestDatabase;
let database: Database;
let urls: { url: string; systemUrl: string; ownerUrl: string };

beforeAll(async () => {
  server = await createDatabase();
  const suite = randomBytes(4).toString('hex');
  urls = {
    url: server.urlFor(`spec_${suite}`, 'secret'),
    systemUrl: server.urlFor(`spec_system_${suite}`, 'secret'),
    ownerUrl: server.url,
  };
  await Promise.all([migrate(declaration, urls), migrate(declaration, urls), migrate(declaration, urls)]);
  database = await Database.open(declaration, urls);
});

afterAll(async () => {
  await database?.close();
  await server?.stop();
});

const add = (workspaceId: string, as = workspaceId) =>
  database.inWorkspace(as, (tx) => tx.query(`insert into notes values ($1, $2, 'x')`, [randomUUID(), workspaceId]));
const count = async (workspaceId: string) =>
  (await database.inWorkspace(workspaceId, (tx) => tx.query<unknown[]>(`select * from notes`))).length;

describe('migrations', () => {
  it('run once, however many replicas run them at once', async () => {
    expect(await migrate(declaration, urls)).toEqual([]);
    expect(await server.query(`select name from notes_of_spec.migrations`)).toHaveLength(4);
  });

  it('make what the entities say', async () => {
    expect(await schemaDrift(declaration, urls.ownerUrl)).toEqual([]);
  });

  it('are refused when a table names no workspace and is not declared to have none', async () => {
    const open = {
      ...declaration,
      schema: 'open_of_spec',
      migrations: [...declaration.migrations, AddOpenTable1790000009001],
    };
    await expect(migrate(open, urls)).rejects.toThrow(/open_to_all has no workspace_id/);
  });
});

describe('the request role', () => {
  it('sees and changes one workspace only', async () => {
    await add(alpha);
    await add(beta);
    await add(beta);
    expect([await count(alpha), await count(beta), await count(randomUUID())]).toEqual([1, 2, 0]);
    await expect(add(beta, alpha)).rejects.toThrow(/row-level security/);
    const [, changed] = await database.inWorkspace(alpha, (tx) =>
      tx.query<[unknown, number]>(`update notes set text = 'y'`),
    );
    expect(changed).toBe(1);
  });

  it('sees nothing without a workspace, also on a connection that had one', async () => {
    const source = database as unknown as { request: { query: (sql: string) => Promise<unknown[]> } };
    for (let i = 0; i < 10; i++) {
      await count(beta);
      expect(await source.request.query(`select * from notes`)).toEqual([]);
    }
  });

  it('owns nothing: it cannot change the schema or reach tables of no workspace', async () => {
    const as = (sql: string) => database.inWorkspace(alpha, (tx) => tx.query(sql));
    await expect(as(`drop table notes`)).rejects.toThrow(/must be owner/);
    await expect(as(`alter table notes disable row level security`)).rejects.toThrow(/must be owner/);
    await expect(as(`select * from event_streams`)).rejects.toThrow(/permission denied/);
    await expect(as(`select answer()`)).rejects.toThrow(/permission denied/);
    expect((await database.systemPool.query(`select answer()`)).rows).toEqual([{ answer: 42 }]);
  });

  it('rolls back what fails half way', async () => {
    const before = await count(alpha);
    const failing = database.inWorkspace(alpha, async (tx) => {
      await tx.query(`insert into notes values ($1, $2, 'x')`, [randomUUID(), alpha]);
      throw new Error('half way');
    });
    await expect(failing).rejects.toThrow('half way');
    expect(await count(alpha)).toBe(before);
  });
});

describe('rows that are copied', () => {
  const read = async (select: string) => {
    const rows: Buffer[][] = [];
    await database.copyInWorkspace(alpha, select, (columns) => rows.push(columns));
    return rows;
  };

  it('come as binary columns, of one workspace only, however they are cut on the way', async () => {
    await add(alpha);
    await add(beta);
    expect(await read(`select distinct workspace_id from notes`)).toEqual([
      [Buffer.from(alpha.replaceAll('-', ''), 'hex')],
    ]);
    const large = await read(`select i::int, repeat('x', i * 10000)::bytea from generate_series(0, 50) g(i)`);
    expect(large.map(([number, bytes]) => [number?.readInt32BE(), bytes?.length])).toEqual(
      Array.from({ length: 51 }, (_, i) => [i, i * 10_000]),
    );
    expect(await read(`select 1 where false`)).toEqual([]);
  });

  it('leave the connection as it was when they are of no use', async () => {
    const refuse = () => {
      throw new Error('enough');
    };
    const copying = database.copyInWorkspace(alpha, `select generate_series(1, 100000)`, refuse);
    await expect(copying).rejects.toThrow('enough');
    await expect(read(`select 1 / 0`)).rejects.toThrow('division by zero');
    expect(await read(`select 7::smallint`)).toEqual([[Buffer.of(0, 7)]]);
  });
});

describe('idempotency', () => {
  const actor: Actor = { kind: 'user', id: 'ann', name: 'ann', workspaceId: alpha, role: 'admin' };
  const call = (key: string, body = '{}') => ({ actor, key, contract: AuthApi.createUser, body });

  it('answers a repeated call with the first reply', async () => {
    const store = new IdempotencyStore(database);
    let runs = 0;
    const work = async () => ({ run: ++runs });
    expect(await store.run(call('a'), work)).toEqual({ run: 1 });
    expect(await store.run(call('a'), work)).toEqual({ run: 1 });
    await expect(store.run(call('a', '{"other":1}'), work)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    expect(await store.run({ ...call('a'), actor: { ...actor, id: 'bob' } }, work)).toEqual({ run: 2 });
  });

  it('does not keep a failure', async () => {
    const store = new IdempotencyStore(database);
    await expect(store.run(call('b'), () => Promise.reject(new Error('once')))).rejects.toThrow('once');
    expect(await store.run(call('b'), async () => ({ ok: true }))).toEqual({ ok: true });
  });

  it('makes the same ids when a call is done again after its first try died', async () => {
    const store = new IdempotencyStore(database);
    const ids: string[] = [];
    const work = async () => {
      ids.push(newId(), newId());
      return {};
    };
    await store.run(call('c'), work);
    await server.query(`update notes_of_spec.idempotency_keys set reply = null, locked_until = now() where key = 'c'`);
    await store.run(call('c'), work);
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
  });

  it.each([
    ['that comes first', async () => undefined],
    [
      'after a first try that died',
      async () => {
        const store = new IdempotencyStore(database);
        await store.run(call('d'), async () => ({}));
        await server.query(
          `update notes_of_spec.idempotency_keys set reply = null, locked_until = now() where key = 'd'`,
        );
      },
    ],
  ])('lets one of several calls at once through, %s', async (_, before) => {
    await server.query(`delete from notes_of_spec.idempotency_keys where key = 'd'`);
    await before();
    const store = new IdempotencyStore(database);
    let runs = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        store.run(call('d'), async () => {
          runs++;
          await new Promise((resolve) => setTimeout(resolve, 50));
          return { ok: true };
        }),
      ),
    );
    expect(runs).toBe(1);
    expect(
      results
        .filter((r) => r.status === 'rejected')
        .every((r) => (r.reason as { code?: string }).code === 'UNAVAILABLE'),
    ).toBe(true);
  });
});

describe('the pool of the system role', () => {
  it('survives the loss of a connection that someone has', async () => {
    const client = await database.systemPool.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await client.query('begin');
    const ended = new Promise((resolve) => client.once('end', resolve));
    await server.query(`select pg_terminate_backend(${rows[0]?.pid})`);
    await ended;
    await expect(client.query('commit')).rejects.toThrow();
    client.release(true);
    await database.check();
  });
});

describe('the outbox', () => {
  const owe = (n: number, fail = false) =>
    database
      .inWorkspace(alpha, async (tx) => {
        const payload = { value: n } as AlertTransition;
        await oweEvent(tx, MetricsEvents.alertFired, { workspaceId: alpha, keys: [alpha], payload });
        if (fail) throw new Error('rolled back');
      })
      .catch(() => undefined);

  const valuesOf = (events: OwedEvent[]) => events.map(({ payload }) => (payload as AlertTransition).value);

  const outbox = () => new OutboxRepository(database);
  const owed = async () => (await outbox().inTurn((turn) => turn.look(10))).events;
  /** All that is owed is published and kept, in places from `seq`. */
  const keepAll = (seq: number) =>
    outbox().inTurn(async (turn) => {
      const { events } = await turn.look(10);
      await turn.finish(
        events,
        events.map((event, i) => ({ event, seq: seq + i })),
      );
    });

  it('holds what was committed, in order, until it is published', async () => {
    for (let n = 0; n < 5; n++) await owe(n, n === 2);
    const failing = outbox().inTurn(async (turn) => {
      await turn.finish((await turn.look(10)).events, []);
      throw new Error('NATS is away');
    });
    await expect(failing).rejects.toThrow('away');
    const seen = await outbox().inTurn(async (turn) => {
      const { events } = await turn.look(10);
      await turn.finish(events, []);
      return events;
    });
    expect(valuesOf(seen)).toEqual([0, 1, 3, 4]);
    expect(await owed()).toEqual([]);
  });

  it('owes again, in order, what a stream has lost after it was published', async () => {
    for (let n = 0; n < 4; n++) await owe(n);
    await keepAll(100);
    expect(await owed()).toEqual([]);
    await outbox().inTurn((turn) => turn.oweAgain([MetricsEvents.alertFired.subject], 102));
    expect(valuesOf(await owed())).toEqual([2, 3]);
    await server.query(`delete from notes_of_spec.event_outbox`);
  });

  it('forgets after a day what it keeps of published events', async () => {
    await owe(1);
    await keepAll(1);
    await server.query(`update notes_of_spec.event_outbox set created_at = now() - interval '25 hours'`);
    await owe(2);
    await keepAll(2);
    const kept = await server.query(`select published_seq from notes_of_spec.event_outbox`);
    expect(kept).toEqual([{ published_seq: '2' }]);
  });

  it('lets one replica at a time in', async () => {
    let [inside, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
      return true;
    };
    const impatient = await Promise.all(Array.from({ length: 4 }, () => outbox().unlessBusy(work)));
    expect(impatient.filter(Boolean).length).toBeGreaterThanOrEqual(1);
    expect(await Promise.all(Array.from({ length: 4 }, () => outbox().inTurn(work)))).toEqual([true, true, true, true]);
    expect(most).toBe(1);
  });

  it('remembers how far a stream went, and forgets it with its epoch', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const setAndRead = (epoch: string, lastSeq: number) =>
      outbox().inTurn(async (turn) => {
        await turn.setMark('S', { epoch, lastSeq });
        return (await turn.marks()).get('S');
      });
    await setAndRead(first, 10);
    expect(await setAndRead(first, 5)).toEqual({ epoch: first, lastSeq: 10 });
    expect(await setAndRead(second, 3)).toEqual({ epoch: second, lastSeq: 3 });
  });
});
