import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { schemaDrift } from '@scm/database';
import { waitFor, type TestService } from '@scm/testing';
import { database } from '../database.js';
import { startMetrics, type Metrics } from '../testing/metrics-fixture.js';
import { one, type MatrixReply, type VectorReply } from '../testing/samples.js';

jest.setTimeout(60_000);

const OTHER = '00000000-0000-7000-8000-0000000000aa';
const SMALL = '00000000-0000-7000-8000-0000000000bb';

const environment = { SCM_HOST_COLLECTOR: 'false', SCM_HEAD_MINUTES: '1', SCM_MAX_SERIES: '400' };

let metrics: Metrics;

beforeAll(async () => {
  metrics = await startMetrics(environment);
});

afterAll(async () => {
  await metrics?.stop();
});

const ingest = (series: unknown[], workspaceId?: string) =>
  metrics.ask('metrics.v1.ingest', { series }, { ...(workspaceId && { workspaceId }) });
const query = async (text: string, workspaceId?: string) =>
  (await metrics.ask<VectorReply>('metrics.v1.query', { query: text }, { ...(workspaceId && { workspaceId }) })).body
    .data;
const samplesOf = async (text: string) => {
  const { data } = (await metrics.ask<MatrixReply>('metrics.v1.query', { query: text })).body;
  return data.result.flatMap(({ values }) => values.map(([, value]) => Number(value)));
};

describe('ingest', () => {
  it('stores good samples, refuses bad ones alone and counts both exactly', async () => {
    const time = Date.now();
    const mixed = {
      labels: { __name__: 'mixed' },
      samples: [
        [time, 1],
        [time, 'x'],
        [time - 90_000_000, 1],
        [time + 700_000, 1],
      ],
    };
    const unnamed = {
      labels: { __name__: '1bad' },
      samples: [
        [time, 1],
        [time, 2],
      ],
    };
    const answer = await ingest([one('good', 1, { a: 'x' }, time), mixed, unnamed, one('good', 2, { 'a-b': 'c' }), 7]);
    expect(answer.body).toMatchObject({ written: 2, rejected: 7 });
    expect((answer.body.errors as { path: string }[]).map(({ path }) => path)).toEqual([
      'series.1.samples.1',
      'series.1.samples.2',
      'series.1.samples.3',
      'series.2.labels.__name__',
      'series.3.labels',
      'series.4',
    ]);
    expect(await query('{__name__=~"good|mixed"}')).toMatchObject({
      result: [{ value: [expect.any(Number), '1'] }, { value: [expect.any(Number), '1'] }],
    });
  });

  it.each([
    ['no series', {}],
    ['series that are no list', { series: {} }],
    ['an unknown field', { series: [], more: 1 }],
    ['no JSON', 'hello'],
    ['NUL in a text', { series: [one('m', 1, { a: '\0' })] }],
    ['deep nesting', '['.repeat(100_000)],
    ['too many series', { series: Array.from({ length: 10_001 }, () => 0) }],
  ])('refuses %s as a whole', async (_, payload) => {
    expect((await metrics.ask('metrics.v1.ingest', payload)).status).toBe(400);
  });

  it('does not let a viewer write, and puts the denial on record', async () => {
    const answer = await metrics.ask('metrics.v1.ingest', { series: [] }, { role: 'viewer' });
    expect(answer.status).toBe(403);
    const rows = await metrics.mesh.database.query(`select 1 from metrics.audit_events where outcome = 'denied'`);
    expect(rows).toHaveLength(1);
  });

  it('keeps acknowledged samples over kill -9 and shows each once', async () => {
    const time = Date.now() - 5_000;
    const acknowledged = new Set<number>();
    let next = 0;
    const write = async (): Promise<void> => {
      const value = next++;
      const series = one('durable', value, {}, time + value);
      const answer = await ingest([series, series]).catch(() => undefined);
      if (answer?.status !== 200) return;
      acknowledged.add(value);
      await write();
    };
    const writers = [write(), write(), write(), write()];
    await waitFor(() => acknowledged.size > 100);
    await metrics.service.kill();
    const restarted = metrics.restart();
    await Promise.all(writers);
    await restarted;
    const seen = await samplesOf('durable[5m]');
    expect(new Set(seen).size).toBe(seen.length);
    expect([...acknowledged].filter((value) => !seen.includes(value))).toEqual([]);
  });

  it('lets the later value win and takes samples out of order', async () => {
    const time = Date.now() - 10_000;
    for (const [offset, value] of [
      [2, 1],
      [0, 2],
      [1, 3],
      [2, 4],
    ] as const)
      await ingest([one('late', value, {}, time + offset)]);
    expect(await samplesOf('late[1m]')).toEqual([2, 3, 4]);
  });

  it('reads from the log what is older than the head', async () => {
    const time = Date.now() - 3 * 3_600_000;
    await ingest([
      one('old', 1, { a: 'x' }, time),
      one('old', 2, { a: 'x' }, time + 30_000),
      one('old', 9, { a: 'y' }, time),
    ]);
    await ingest([one('old', 3, { a: 'x' }, time + 30_000)]);
    const [at, start] = [time / 1_000 + 31, time / 1_000];
    const instant = await metrics.ask<VectorReply>('metrics.v1.query', { query: 'old{a="x"}', time: String(at) });
    expect(instant.body.data.result).toEqual([{ metric: { __name__: 'old', a: 'x' }, value: [at, '3'] }]);
    const range = { query: 'old{a!="y"}', start: String(start), end: String(start + 60), step: '30' };
    const { data } = (await metrics.ask<MatrixReply>('metrics.v1.query-range', range)).body;
    expect(data.result[0]?.values.map(([, value]) => value)).toEqual(['1', '3', '3']);
  });

  it('finds old samples of a series that began with a young one', async () => {
    const time = Date.now() - 5 * 3_600_000;
    await ingest([one('backfilled', 1)]);
    await ingest([one('backfilled', 2, {}, time)]);
    const asked = { query: 'backfilled', time: String(time / 1_000 + 1) };
    const { result } = (await metrics.ask<VectorReply>('metrics.v1.query', asked)).body.data;
    expect(result.map(({ value }) => value[1])).toEqual(['2']);
  });

  it('keeps two workspaces apart', async () => {
    await ingest([one('shared', 1)]);
    await ingest([one('shared', 2)], OTHER);
    expect((await query('shared')).result.map(({ value }) => value[1])).toEqual(['1']);
    expect((await query('shared', OTHER)).result.map(({ value }) => value[1])).toEqual(['2']);
    const names = await metrics.ask('metrics.v1.list-label-values', { label: '__name__' }, { workspaceId: OTHER });
    expect(names.body.data).toEqual(['shared']);
    const status = await metrics.ask('metrics.v1.get-status', {}, { workspaceId: OTHER });
    expect(status.body).toMatchObject({ activeSeries: 1, samplesTotal: 1 });
  });

  it('takes no more series than the workspace may have, and names the limit', async () => {
    const many = Array.from({ length: 401 }, (_, i) => one('many', i, { i: String(i) }));
    const answer = await ingest(many, SMALL);
    expect(answer.body).toMatchObject({ written: 400, rejected: 1 });
    expect((answer.body.errors as { message: string }[])[0]?.message).toContain('400 series');
    expect((await ingest(many, SMALL)).body).toMatchObject({ written: 400, rejected: 1 });
  });
});

describe('without Postgres', () => {
  it('refuses for the time being, forgets nothing acknowledged, and goes on by itself', async () => {
    const sql = (text: string, values?: unknown[]) => metrics.mesh.database.query(text, values);
    const role = new URL(metrics.mesh.databaseUrl('metrics-ingest', 'system')).username;
    await ingest([one('outage', 1)]);
    await sql(`alter role ${role} nologin`);
    await sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [role]);
    const refused = await waitFor(async () => {
      const answer = await ingest([one('outage', 2)]);
      return answer.status !== 200 && answer;
    });
    expect(refused).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
    expect((await metrics.ask('metrics.v1.query', { query: 'outage' })).status).toBe(503);
    await sql(`alter role ${role} login`);
    await waitFor(async () => (await ingest([one('outage', 3)])).status === 200);
    expect((await samplesOf('outage[5m]')).filter((value) => value !== 2)).toEqual([1, 3]);
  });
});

describe('replicas', () => {
  let second: TestService;

  beforeAll(async () => {
    second = await metrics.mesh.start('metrics-ingest', { SCM_HOST_COLLECTOR: 'false', SCM_INSTANCE_ID: 'second' });
  });

  afterAll(async () => {
    await second?.stop();
  });

  it('see at once what another one wrote', async () => {
    const time = Date.now() - 60_000;
    for (let i = 0; i < 50; i++) {
      expect((await ingest([one('both', i, {}, time + i)])).body.written).toBe(1);
      expect(await samplesOf('both[5m]')).toHaveLength(i + 1);
    }
  });

  it('make one series of the same labels', async () => {
    const series = Array.from({ length: 20 }, (_, i) => one('twin', i, { i: String(i) }));
    const workspaceId = OTHER;
    await Promise.all(Array.from({ length: 20 }, () => ingest(series, workspaceId)));
    expect((await query('twin', workspaceId)).result).toHaveLength(20);
  });
});

describe('the log', () => {
  it('is sealed into chunks without a change of what it says', async () => {
    const start = Date.now() - 3 * 3_600_000;
    const rows = async (table: string) =>
      (
        await metrics.mesh.database.query(`select 1 from metrics.${table} where t0 >= $1 and t1 <= $1 + 700000`, [
          start,
        ])
      ).length;
    for (let i = 0; i < 70; i++) {
      await ingest([one('merged', i, { a: 'x' }, start + (i % 65) * 10_000), one('merged', -i, { a: 'y' }, start)]);
    }
    const ask = async () => {
      const time = String(start / 1_000 + 700);
      return (await metrics.ask<MatrixReply>('metrics.v1.query', { query: 'merged[1h]', time })).body.data;
    };
    const [before, rowsBefore] = [await ask(), await rows('sample_log')];
    expect(rowsBefore).toBeGreaterThanOrEqual(70);
    expect(before.result.map(({ values }) => values.length)).toEqual([65, 1]);
    await metrics.service.stop();
    await metrics.restart({ ...environment, SCM_SEAL_MINUTES: '0' });
    await waitFor(async () => (await rows('sample_log')) === 0);
    expect(await rows('chunks')).toBeLessThan(10);
    expect(await ask()).toEqual(before);
    const { body } = await metrics.ask<{ details: object }>('metrics.v1.get-status', {});
    expect(body.details).toMatchObject({ chunkSamples: expect.any(Number), chunks: expect.any(Number) });
  });
});

describe('retention', () => {
  it('forgets samples and series that are too old', async () => {
    await ingest([one('aged', 1), one('young', 1)]);
    const sql = (text: string, values?: unknown[]) => metrics.mesh.database.query(text, values);
    await metrics.service.stop();
    await sql(`update metrics.sample_log set t0 = t0 - 90000000, t1 = t1 - 90000000`);
    const day = Math.floor(Date.now() / 86_400_000 - 5) * 86_400_000;
    await sql(`select metrics.make_chunk_partition(0::smallint, $1::bigint, $1::bigint + 86400000)`, [day]);
    await sql(`update metrics.chunks set t0 = $1::bigint + t0 % 86400000, t1 = $1::bigint + t0 % 86400000`, [day]);
    await sql(`update metrics.series set last_seen = last_seen - interval '3 days' where name = 'aged'`);
    await metrics.restart();
    await waitFor(async () => (await sql(`select 1 from metrics.sample_log`)).length === 0);
    await waitFor(async () => (await sql(`select 1 from metrics.chunks`)).length === 0);
    await waitFor(async () => (await sql(`select 1 from metrics.series where name = 'aged'`)).length === 0);
    expect(await sql(`select 1 from metrics.series where name = 'young'`)).toHaveLength(1);
    expect((await ingest([one('aged', 2)])).body.written).toBe(1);
    expect(await samplesOf('aged[5m]')).toEqual([2]);
  });
});

describe('schema', () => {
  it('has migrations that make what the entities say', async () => {
    expect(await schemaDrift(database, metrics.mesh.database.url)).toEqual([]);
  });
});
