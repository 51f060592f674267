import { compressSync } from 'snappy';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '@scm/testing';
import { encode, encodeV1, encodeV2, STALE, type SentSeries } from '../testing/remote-write.encoder.js';
import { startWriteStage, type WriteStage } from '../testing/write-stage.js';

const PATH = '/api/v1/write';
const V1 = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
const V2 = { ...V1, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };
/** Too old by far, whatever the clock says. */
const OLD = 1_000;

jest.setTimeout(90_000);

let stage: WriteStage;

beforeAll(async () => {
  stage = await startWriteStage({ SCM_MAX_LABEL_VALUES: '1200' });
});

afterAll(async () => {
  await stage?.stop();
});

const send1 = (series: SentSeries[], path = PATH) => stage.post(path, encodeV1(series), V1);
const send2 = (series: SentSeries[]) => stage.post(PATH, encodeV2(series), V2);
const written = ({ headers }: { headers: Headers }) =>
  ['Samples', 'Histograms', 'Exemplars'].map((of) => headers.get(`x-prometheus-remote-write-${of}-written`));
const valuesOf = async (query: string) => (await stage.query(query)).map(({ values }) => values.map(([, v]) => v));

describe.each([
  ['1.0', (series: SentSeries[]) => send1(series)],
  ['2.0', (series: SentSeries[]) => send2(series)],
])('remote write %s', (version, send) => {
  const metric = (name: string) => `${name}_v${version.replace('.', '_')}`;

  it('stores samples, out of order too, and a repeated request once', async () => {
    const now = Date.now();
    const labels = { __name__: metric('ordered'), job: 'a' };
    const series = [{ labels, samples: [[now - 1_000, 2] as [number, number], [now - 2_000, 1] as [number, number]] }];
    for (const _ of [1, 2]) expect((await send(series)).status).toBe(204);
    expect((await send([{ labels, samples: [[now - 3_600_000, 0]] }])).status).toBe(204);
    expect(await valuesOf(`${labels.__name__}[2h]`)).toEqual([['0', '1', '2']]);
  });

  it('stores 999 good samples beside a bad one, which it names', async () => {
    const now = Date.now();
    const name = metric('many');
    const series: SentSeries[] = Array.from({ length: 999 }, (_, i) => ({
      labels: { __name__: name, i: String(i) },
      samples: [[now, i]],
    }));
    const answer = await send([...series, { labels: { __name__: metric('late') }, samples: [[OLD, 1]] }]);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ errors: [{ path: metric('late'), message: 'the timestamp is too old' }] });
    expect(written(answer)).toEqual(['999', '0', '0']);
    expect(await stage.query(name)).toHaveLength(999);
    expect(await stage.query(`${metric('late')}[1d]`)).toEqual([]);
  });

  it.each([
    ['no name', [['job', 'a']]],
    [
      'a label twice',
      [
        ['__name__', 'm'],
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['a name that is none', [['__name__', 'not-a-name']]],
    [
      'a label that is none',
      [
        ['__name__', 'm'],
        ['a-b', 'c'],
      ],
    ],
    [
      'too long a value',
      [
        ['__name__', 'm'],
        ['a', 'x'.repeat(4_097)],
      ],
    ],
    ['too many labels', [['__name__', 'm'], ...Array.from({ length: 65 }, (_, i) => [`l${i}`, 'x'])]],
  ] as [string, [string, string][]][])('refuses a series with %s, and that alone', async (what, labels) => {
    const good = { __name__: metric('beside'), what };
    const samples: SentSeries['samples'] = [[Date.now(), 1]];
    const answer = await send([
      { labels, samples },
      { labels: good, samples },
    ]);
    expect([answer.status, written(answer)[0]]).toEqual([400, '1']);
    expect(await stage.query(`${metric('beside')}{what="${what}"}`)).toHaveLength(1);
  });

  it('refuses native histograms by name and stores the rest', async () => {
    const now = Date.now();
    const name = metric('with_native');
    const answer = await send([
      { labels: { __name__: name }, histograms: [now] },
      { labels: { __name__: name, a: 'b' }, samples: [[now, 1]] },
    ]);
    expect([answer.status, written(answer)]).toEqual([400, ['1', '0', '0']]);
    expect(answer.json()).toMatchObject({ errors: [{ path: name, message: expect.stringContaining('histogram') }] });
  });

  it('keeps the marker that says that a series ended', async () => {
    const now = Date.now();
    const labels = { __name__: metric('ended') };
    expect((await send([{ labels, samples: [[now - 20_000, 1]] }])).status).toBe(204);
    expect(await stage.query(labels.__name__, now - 1_000)).toHaveLength(1);
    expect((await send([{ labels, samples: [[now - 10_000, STALE]] }])).status).toBe(204);
    expect(await stage.query(labels.__name__, now - 1_000)).toEqual([]);
    expect(await valuesOf(`${labels.__name__}[1m]`)).toEqual([['1']]);
  });

  it('stores exemplars, which a query finds, and counts them', async () => {
    const now = Date.now();
    const labels = { __name__: metric('seconds_bucket'), le: '1' };
    const exemplars = [{ labels: { trace_id: 'abc' }, value: 0.5, timestamp: now }];
    const series: SentSeries = { labels, samples: [[now, 1]], exemplars };
    for (const _ of [1, 2]) expect(written(await send([series]))).toEqual(['1', '0', '1']);
    const query = `histogram_quantile(0.9, rate(${labels.__name__}[5m]))`;
    expect(await stage.prometheus('query_exemplars', { query })).toEqual([
      { seriesLabels: labels, exemplars: [{ labels: { trace_id: 'abc' }, value: '0.5', timestamp: now / 1_000 }] },
    ]);
    const long = { labels: { a: 'x'.repeat(1_025) }, value: 1, timestamp: now + 1 };
    const answer = await send([{ ...series, exemplars: [long] }]);
    expect([answer.status, written(answer)]).toEqual([204, ['1', '0', '0']]);
  });

  it('takes numbers of every kind', async () => {
    const now = Date.now();
    const values = [NaN, Infinity, -Infinity, 5e-324, 0.1];
    const name = metric('kinds');
    const series = values.map((value): SentSeries => {
      return { labels: { __name__: name, value: String(value) }, samples: [[now, value]] };
    });
    expect((await send(series)).status).toBe(204);
    const seen = (await stage.query(`${name}[1m]`)).map(({ metric: labels, values: [sample] }) => {
      return [labels.value, sample?.[1].replace(/^\+?(-?Inf)$/, '$1inity')];
    });
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(values.map((value) => [String(value), String(value)])));
  });
});

describe('remote write 1.0', () => {
  it('is taken beside the queries too', async () => {
    const sent = [{ labels: { __name__: 'beside_queries' }, samples: [[Date.now(), 1] as [number, number]] }];
    expect((await send1(sent, '/prometheus/api/v1/write')).status).toBe(204);
    expect(await valuesOf('beside_queries')).toEqual([['1']]);
  });

  it('tells what senders say of metrics, the latest of it', async () => {
    const told = (help: string) => [{ type: 1, metricFamilyName: 'told_total', help, unit: 'things' }];
    for (const help of ['first', 'second', 'second']) {
      expect((await stage.post(PATH, encodeV1([], told(help)), V1)).status).toBe(204);
    }
    expect(await stage.prometheus('metadata', { metric: 'told_total' })).toEqual({
      told_total: [{ type: 'counter', help: 'second', unit: 'things' }],
    });
  });

  it('takes an empty request, and a series without samples', async () => {
    expect((await send1([])).status).toBe(204);
    expect((await send1([{ labels: { __name__: 'empty' } }])).status).toBe(204);
  });
});

describe('remote write 2.0', () => {
  it('sees the first increase of a counter that says when it began', async () => {
    const now = Date.now();
    const counter = { labels: { __name__: 'began_total' }, metadata: { type: 1, help: 'h', unit: '' } };
    const answer = await send2([{ ...counter, samples: [[now, 7]], createdMs: now - 30_000 }]);
    expect([answer.status, written(answer)]).toEqual([204, ['1', '0', '0']]);
    expect(await valuesOf('began_total[1m]')).toEqual([['0', '7']]);
    const gauge = { labels: { __name__: 'began' }, metadata: { type: 2, help: 'h', unit: '' } };
    await send2([{ ...gauge, samples: [[now, 7]], createdMs: now - 30_000 }]);
    expect(await valuesOf('began[1m]')).toEqual([['7']]);
  });

  it('tells what senders say of metrics beside their series', async () => {
    const metadata = { type: 3, help: 'How long it took.', unit: 'seconds' };
    await send2([{ labels: { __name__: 'took_seconds_bucket', le: '1' }, samples: [[Date.now(), 1]], metadata }]);
    expect(await stage.prometheus('metadata')).toMatchObject({
      took_seconds: [{ type: 'histogram', help: 'How long it took.', unit: 'seconds' }],
    });
  });

  it('refuses a series with neither samples nor histograms', async () => {
    const answer = await send2([{ labels: { __name__: 'nothing' } }]);
    expect([answer.status, written(answer)]).toEqual([400, ['0', '0', '0']]);
  });

  it.each([
    ['a reference to no symbol', { symbols: [''], timeseries: [{ labelsRefs: [0, 9] }] }],
    ['a name without a value', { symbols: ['', 'a'], timeseries: [{ labelsRefs: [1] }] }],
    ['a first symbol that says something', { symbols: ['a'], timeseries: [] }],
  ])('refuses %s as a whole', async (_, message) => {
    expect((await stage.post(PATH, encode('V2', message), V2)).status).toBe(400);
  });
});

describe('a label with ever new values', () => {
  it('is folded beyond its budget and named, while all others go on', async () => {
    const now = Date.now();
    const metric = 'guarded_total';
    const request = (from: number): SentSeries[] =>
      Array.from({ length: 1_000 }, (_, i) => ({
        labels: { __name__: metric, user: `u${from + i}`, code: String(i % 5) },
        samples: [[now, i]],
      }));
    for (const from of [0, 1_000, 2_000]) {
      expect(
        written(
          await send2([
            ...request(from),
            { labels: { __name__: 'bystander', from: String(from) }, samples: [[now, 1]] },
          ]),
        )[0],
      ).toBe('1001');
    }
    expect(await stage.query('bystander')).toHaveLength(3);
    const seen = (await stage.query(metric)).map(({ metric: labels }) => labels);
    expect(seen.filter(({ user }) => user !== '__overflow__')).toHaveLength(1_200);
    expect(new Set(seen.filter(({ user }) => user === '__overflow__').map(({ code }) => code)).size).toBe(5);
    const status = await stage.prometheus<Record<string, object>>('status/tsdb');
    expect(status).toMatchObject({
      headStats: { numSeries: expect.any(Number) },
      overflows: [{ metric, label: 'user', limit: 1_200, folded: 1_800 }],
    });
    expect(status.seriesCountByMetricName).toContainEqual({ name: metric, value: 1_205 });
    const body = { series: [{ labels: { __name__: metric, user: 'new', code: '1' }, samples: [[now, 1]] }] };
    const answer = await stage.post('/api/v1/metrics', JSON.stringify(body), { 'content-type': 'application/json' });
    expect(answer.json()).toMatchObject({
      written: 1,
      warnings: [expect.stringMatching(/^guarded_total: "user" has more/)],
    });
  });
});

describe('the door of remote write', () => {
  const body = encodeV1([{ labels: { __name__: 'door' }, samples: [[Date.now(), 1]] }]);
  /** Declares 4 GiB - 1. */
  const bomb = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), Buffer.alloc(100)]);

  it.each<[string, number, Uint8Array, Record<string, string>]>([
    ['no content type', 415, body, { 'content-encoding': 'snappy', 'content-type': '' }],
    ['JSON', 415, body, { ...V1, 'content-type': 'application/json' }],
    ['another message', 415, body, { ...V1, 'content-type': 'application/x-protobuf;proto=some.Thing' }],
    ['another encoding', 415, body, { ...V1, 'content-encoding': 'zstd' }],
    ['what is not snappy', 400, Buffer.from('hello'), V1],
    ['an empty body', 400, Buffer.alloc(0), V1],
    ['what is no protobuf', 400, compressSync(Buffer.from('hello')), V1],
    ['a message that is cut off', 400, compressSync(Buffer.from([10, 200, 1, 10])), V1],
    ['a length that is a bomb', 413, bomb, V1],
    ['a bomb of tiny parts', 413, compressSync(Buffer.alloc(1_000_000, Buffer.from([10, 0]))), V1],
    ['too large a body', 413, Buffer.alloc(2_000_001), V1],
  ])('answers %s with %d', async (_, status, sent, headers) => {
    const answer = await stage.post(PATH, sent, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('refuses a symbol that is said too often', async () => {
    const symbols = ['', '__name__', 'x'.repeat(1_000_000)];
    const timeseries = Array.from({ length: 200 }, () => ({ labelsRefs: [1, 2] }));
    expect((await stage.post(PATH, encode('V2', { symbols, timeseries }), V2)).status).toBe(413);
  });

  it('does not let a viewer write', async () => {
    stage.auth.role = 'viewer';
    try {
      const headers = { ...V1, authorization: 'Bearer scm_key_viewer' };
      expect((await stage.post(PATH, body, headers)).status).toBe(403);
    } finally {
      stage.auth.role = 'admin';
    }
  });

  it('answers 503 while the store is away, which senders try again', async () => {
    const role = new URL(stage.mesh.databaseUrl('metrics-ingest', 'system')).username;
    const sql = (text: string, values?: unknown[]) => stage.mesh.database.query(text, values);
    await sql(`alter role ${role} nologin`);
    await sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [role]);
    const refused = await waitFor(async () => {
      const answer = await stage.post(PATH, body, V1);
      return answer.status !== 204 && answer;
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    await sql(`alter role ${role} login`);
    await waitFor(async () => (await stage.post(PATH, body, V1)).status === 204, { timeoutMs: 45_000 });
  });
});
