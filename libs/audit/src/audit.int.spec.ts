import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditBatch, decodeValue, type Actor, type AuditEntry } from '@scm/contracts';
import {
  AddBaseTables1790000000000,
  AddPublishedEvents1790000006000,
  Database,
  migrate,
  schemaDrift,
  withDerivedIds,
} from '@scm/database';
import { createDatabase, waitFor, type TestDatabase } from '@scm/testing';
import {
  AddAuditEvents1790000000001,
  auditEntities,
  AuditLog,
  AuditRelay,
  AuditRepository,
  AuditWriter,
  type AuditRecord,
} from './index.js';

const declaration = {
  schema: 'audit_probe',
  entities: auditEntities,
  migrations: [AddBaseTables1790000000000, AddPublishedEvents1790000006000, AddAuditEvents1790000000001],
};
const workspaceId = '00000000-0000-7000-8000-000000000001';
const otherWorkspaceId = '00000000-0000-7000-8000-000000000002';
const ada: Actor = { kind: 'user', id: 'u1', name: 'ada', workspaceId, role: 'operator' };
const log = new AuditLog();

let server: TestDatabase;
let database: Database;
const relays: AuditRelay[] = [];

beforeAll(async () => {
  server = await createDatabase();
  const url = server.urlFor('scm_audit_probe', 'pw');
  const systemUrl = server.urlFor('scm_audit_probe_system', 'pw');
  await migrate(declaration, { url, systemUrl, ownerUrl: server.url });
  database = await Database.open(declaration, { url, systemUrl });
});

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await database.acrossWorkspaces(async (tx) => {
    await tx.query('update audit_events set collected_at = now() where collected_at is null');
    await tx.query('delete from audit_events');
  });
});

afterAll(async () => {
  await database.close();
  await server.stop();
});

function record(entry: Partial<AuditRecord> = {}): Promise<void> {
  const actor = entry.actor ?? ada;
  return database.inWorkspace(actor.workspaceId, (tx) =>
    log.record(tx, { actor, action: 'rules:write', outcome: 'done', ...entry }),
  );
}

function uncollected(): Promise<number> {
  return database.acrossWorkspaces(async (tx) => {
    const [row] = await tx.query<{ n: string }[]>('select count(*) as n from audit_events where collected_at is null');
    return Number(row?.n);
  });
}

const repository = (): AuditRepository => new AuditRepository(database, 'notifier');

async function collectOnce(): Promise<AuditEntry[]> {
  const sent: AuditEntry[] = [];
  await repository().collect(async (entries) => void sent.push(...entries));
  return sent;
}

function relay(send: (entries: AuditEntry[]) => Promise<void>, onError?: (error: unknown) => void): AuditRelay {
  const started = new AuditRelay(repository(), { send, ...(onError && { onError }) });
  relays.push(started);
  started.start();
  return started;
}

describe('the writer', () => {
  it('has each record stored when it answers, of every workspace', async () => {
    const writer = new AuditWriter(database, log);
    const actors = [ada, { ...ada, workspaceId: otherWorkspaceId }];
    const record = (actor: Actor, i: number) =>
      writer.record({ actor, action: 'mcp.tools/call', outcome: 'done', resourceId: `r${i}`, details: { i } });
    await Promise.all(actors.flatMap((actor) => Array.from({ length: 150 }, (_, i) => record(actor, i))));
    const rows = await server.query<{ count: string }>(
      `select count(*) from audit_probe.audit_events where action = 'mcp.tools/call'
       group by workspace_id, actor_id, outcome having count(distinct resource_id) = count(*)`,
    );
    expect(rows.map(({ count }) => Number(count))).toEqual([150, 150]);
  });
});

describe('the table', () => {
  it('is what the entity says', async () => {
    expect(await schemaDrift(declaration, server.url)).toEqual([]);
  });

  it.each([
    ['changed', `update audit_events set outcome = 'done'`],
    ['deleted before it is collected', 'delete from audit_events'],
  ])('lets no row be %s', async (_how, sql) => {
    await record({ outcome: 'denied' });
    await expect(database.inWorkspace(workspaceId, (tx) => tx.query(sql))).rejects.toThrow(/an audit row/);
    await expect(database.acrossWorkspaces((tx) => tx.query(sql))).rejects.toThrow(/an audit row/);
  });
});

describe('record', () => {
  it('stores what happened, as auth accepts it', async () => {
    await record({
      actor: { ...ada, onBehalfOf: 'k1' },
      outcome: 'failed',
      resourceType: 'rule',
      resourceId: 'r1',
      reason: 'expr does not parse',
      details: { digest: 'abc' },
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
    const entries = await collectOnce();
    expect(decodeValue(AuditBatch, { entries }).entries).toMatchObject([
      {
        service: 'notifier',
        workspaceId,
        actorKind: 'user',
        actorId: 'u1',
        actorName: 'ada',
        onBehalfOf: 'k1',
        action: 'rules:write',
        resourceType: 'rule',
        resourceId: 'r1',
        outcome: 'failed',
        reason: 'expr does not parse',
        details: { digest: 'abc' },
        traceId: '0af7651916cd43dd8448eb211c80319c',
      },
    ]);
  });

  it('leaves nothing when its transaction fails', async () => {
    const failing = database.inWorkspace(workspaceId, async (tx) => {
      await log.record(tx, { actor: ada, action: 'rules:write', outcome: 'done' });
      throw new Error('the effect failed');
    });
    await expect(failing).rejects.toThrow('the effect failed');
    expect(await uncollected()).toBe(0);
  });

  it('writes into no other workspace', async () => {
    const other = { ...ada, workspaceId: otherWorkspaceId };
    const foreign = database.inWorkspace(workspaceId, (tx) =>
      log.record(tx, { actor: other, action: 'rules:write', outcome: 'done' }),
    );
    await expect(foreign).rejects.toThrow(/row-level security/);
  });

  it('stores a call that is repeated after a crash once', async () => {
    for (const _attempt of [1, 2]) await withDerivedIds('the call', () => record());
    expect(await uncollected()).toBe(1);
  });

  it.each<[string, Partial<AuditRecord>]>([
    ['NUL', { reason: 'a\0b', details: { 'k\0': ['v\0'] } }],
    ['a lone surrogate', { reason: '\uD800', details: { a: '\uDFFF' } }],
    ['a surrogate pair at the cut', { reason: `${'x'.repeat(511)}😀` }],
    [
      'endless texts',
      {
        action: 'x'.repeat(5_000),
        reason: 'y'.repeat(5_000),
        resourceType: 't'.repeat(99),
        resourceId: 'i'.repeat(999),
      },
    ],
    ['endless details', { details: { a: 'x'.repeat(100_000) } }],
    [
      'empty texts',
      { actor: { kind: 'anonymous', id: '', name: '', workspaceId }, reason: '', resourceType: '', resourceId: '' },
    ],
  ])('survives %s', async (_what, entry) => {
    await record(entry);
    const entries = await collectOnce();
    expect(decodeValue(AuditBatch, { entries }).entries).toHaveLength(1);
  });
});

describe('the relay', () => {
  it('brings rows of all workspaces when told of them, each once', async () => {
    const sent: string[] = [];
    const waiting = relay(async (entries) => void sent.push(...entries.map(({ workspaceId: id }) => id)));
    await record();
    await record({ actor: { ...ada, workspaceId: otherWorkspaceId } });
    waiting.notify();
    await waitFor(async () => (await uncollected()) === 0);
    expect(sent.sort()).toEqual([workspaceId, otherWorkspaceId]);
  });

  it('finds rows within about a second by itself', async () => {
    relay(async () => undefined);
    await waitFor(async () => (await uncollected()) === 0);
    await record();
    await waitFor(async () => (await uncollected()) === 0, { timeoutMs: 3_000 });
  });

  it('tries again what auth did not take, and reports the failure', async () => {
    await record();
    const errors: unknown[] = [];
    let attempts = 0;
    relay(
      async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('auth is away');
      },
      (error) => errors.push(error),
    );
    await waitFor(async () => (await uncollected()) === 0);
    expect([attempts, errors]).toEqual([2, [new Error('auth is away')]]);
  });

  it('sends no more at once than one message holds, and goes on without a pause', async () => {
    const details = { text: 'x'.repeat(4_000) };
    await database.inWorkspace(workspaceId, async (tx) => {
      for (let i = 0; i < 600; i++) await log.record(tx, { actor: ada, action: 'mcp:use', outcome: 'done', details });
    });
    const sizes: number[] = [];
    const ids = new Set<string>();
    const startedMs = Date.now();
    relay(async (entries) => {
      sizes.push(Buffer.byteLength(JSON.stringify(entries)));
      for (const { id } of entries) ids.add(id);
    });
    await waitFor(async () => (await uncollected()) === 0);
    expect([ids.size, sizes.length > 4, Math.max(...sizes) < 600_000]).toEqual([600, true, true]);
    expect(Date.now() - startedMs).toBeLessThan(5_000);
  });

  it('shares the rows between replicas', async () => {
    for (let i = 0; i < 20; i++) await record();
    const sent: string[] = [];
    const replicas = [1, 2].map(() => relay(async (entries) => void sent.push(...entries.map(({ id }) => id))));
    for (const replica of replicas) replica.notify();
    await waitFor(async () => (await uncollected()) === 0);
    expect([sent.length, new Set(sent).size]).toEqual([20, 20]);
  });

  it('ends while it waits', async () => {
    const idle = relay(() => Promise.reject(new Error('auth is away')));
    await record();
    await idle.stop();
    expect(await uncollected()).toBe(1);
  });
});
