import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomFrom, waitFor } from '@scm/testing';
import { attributesOf, encodeOtlp, nanos, otlpRequest, partialSuccessOf } from '../testing/otlp.encoder.js';
import { startWriteStage, type WriteAnswer, type WriteStage } from '../testing/write-stage.js';

const PATH = '/otlp/v1/metrics';
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };
const GZIP = { 'content-encoding': 'gzip' };
const DELTA = 1;
const CUMULATIVE = 2;
const seed = Number(process.env.SCM_SEED ?? Date.now() % 1_000_000);

jest.setTimeout(90_000);

let stage: WriteStage;

beforeAll(async () => {
  stage = await startWriteStage();
});

afterAll(async () => {
  await stage?.stop();
});

const asJson = (request: object) => stage.post(PATH, JSON.stringify(request), JSON_TYPE);
const asProtobuf = (request: object) => stage.post(PATH, encodeOtlp(request), PROTOBUF);
const partial = ({ body, headers }: WriteAnswer) => partialSuccessOf(body, headers.get('content-type') ?? '');
const point = (value: number, timeMs = Date.now(), attributes: Record<string, string> = {}) => ({
  attributes: attributesOf(attributes),
  timeUnixNano: nanos(timeMs),
  asDouble: value,
});
const sum = (name: string, dataPoints: object[], aggregationTemporality = CUMULATIVE) => ({
  name,
  sum: { isMonotonic: true, aggregationTemporality, dataPoints },
});
const gauge = (name: string, dataPoints: object[]) => ({ name, gauge: { dataPoints } });
/** Each series of a query as its labels and its value, in any order. */
const seen = async (query: string, ...labels: string[]) =>
  new Set(
    (await stage.query(query)).map(({ metric, values: [sample] }) =>
      [...labels.map((l) => metric[l]), sample?.[1]].join(' '),
    ),
  );
const rows = (...all: string[]) => new Set(all);

describe.each<[string, (request: object) => Promise<WriteAnswer>]>([
  ['protobuf', asProtobuf],
  ['JSON', asJson],
  ['gzipped protobuf', (request) => stage.post(PATH, gzipSync(encodeOtlp(request)), { ...PROTOBUF, ...GZIP })],
  ['gzipped JSON', (request) => stage.post(PATH, gzipSync(JSON.stringify(request)), { ...JSON_TYPE, ...GZIP })],
])('OTLP as %s', (format, send) => {
  const own = format.replaceAll(' ', '_');

  it('stores 999 good data points beside a bad one, which it names', async () => {
    const now = Date.now();
    const good = Array.from({ length: 999 }, (_, i) => point(i, now, { i: String(i) }));
    const answer = await send(otlpRequest([gauge(`${own}.many`, good), gauge(`${own}.late`, [point(1, 1_000)])]));
    expect([answer.status, partial(answer)]).toEqual([
      200,
      { rejectedDataPoints: '1', errorMessage: `${own}_late: the timestamp is too old` },
    ]);
    expect(await stage.query(`${own}_many`)).toHaveLength(999);
  });

  it('names series as Prometheus does, and knows the target', async () => {
    const resource = {
      'service.name': 'api',
      'service.namespace': own,
      'service.instance.id': 'i-1',
      'host.name': 'h',
    };
    const requests = {
      ...sum('http.server.requests', [point(7, Date.now(), { 'http.method': 'GET' })]),
      unit: '{request}',
    };
    const memory = { ...gauge('process.memory.usage', [point(5)]), unit: 'By' };
    expect((await send(otlpRequest([requests, memory], resource))).status).toBe(200);
    const job = `job="${own}/api",instance="i-1"`;
    expect(await seen(`http_server_requests_total{${job}}`, 'http_method')).toEqual(rows('GET 7'));
    expect(await seen(`process_memory_usage_bytes{${job}}`)).toEqual(rows('5'));
    expect(await seen(`target_info{${job}}`, 'host_name')).toEqual(rows('h 1'));
  });

  it('stores histograms and summaries as the series of classic ones', async () => {
    const timeUnixNano = nanos(Date.now());
    const histogram = { timeUnixNano, count: '6', sum: 12.5, bucketCounts: ['1', '2', '3'], explicitBounds: [0.5, 10] };
    const summary = { timeUnixNano, count: '3', sum: 6, quantileValues: [{ quantile: 0.5, value: 2 }] };
    const metrics = [
      { name: `${own}.h`, histogram: { aggregationTemporality: CUMULATIVE, dataPoints: [histogram] } },
      { name: `${own}.s`, summary: { dataPoints: [summary] } },
    ];
    expect(partial(await send(otlpRequest(metrics)))).toEqual({ rejectedDataPoints: '0', errorMessage: '' });
    expect(await seen(`${own}_h_bucket`, 'le')).toEqual(rows('0.5 1', '10 3', '+Inf 6'));
    expect(await seen(`{__name__=~"${own}_(h|s)_(sum|count)"}`, '__name__')).toEqual(
      rows(`${own}_h_sum 12.5`, `${own}_h_count 6`, `${own}_s_sum 6`, `${own}_s_count 3`),
    );
    expect(await seen(`${own}_s`, 'quantile')).toEqual(rows('0.5 2'));
  });

  it('stores exponential histograms with the bounds of their buckets', async () => {
    const dataPoint = {
      timeUnixNano: nanos(Date.now()),
      count: '10',
      sum: 20,
      scale: 0,
      zeroCount: '1',
      positive: { offset: 0, bucketCounts: ['2', '3'] },
      negative: { offset: 1, bucketCounts: ['4'] },
    };
    const exponentialHistogram = { aggregationTemporality: CUMULATIVE, dataPoints: [dataPoint] };
    expect((await send(otlpRequest([{ name: `${own}.e`, exponentialHistogram }]))).status).toBe(200);
    const bounds = await seen(`${own}_e_bucket`, 'le');
    expect(bounds).toEqual(rows('-2 4', '0 5', '2 7', '4 10', '+Inf 10'));
  });

  it('stores what is said of metrics, and exemplars in the bucket of their value', async () => {
    const now = Date.now();
    const [spanId, traceId] = [Buffer.alloc(8, 1), Buffer.alloc(16, 2)];
    const isJson = format.endsWith('JSON');
    const ids = {
      spanId: isJson ? spanId.toString('hex') : spanId,
      traceId: isJson ? traceId.toString('hex') : traceId,
    };
    const exemplar = { timeUnixNano: nanos(now), asDouble: 3, ...ids, filteredAttributes: attributesOf({ user: 'u' }) };
    const dataPoint = {
      timeUnixNano: nanos(now),
      count: '2',
      sum: 4,
      bucketCounts: ['1', '1', '0'],
      explicitBounds: [1, 5],
    };
    const dataPoints = [{ ...dataPoint, exemplars: [exemplar] }];
    const histogram = { aggregationTemporality: CUMULATIVE, dataPoints };
    await send(otlpRequest([{ name: `${own}.x`, description: 'Said.', unit: 's', histogram }]));
    expect(await stage.prometheus('query_exemplars', { query: `${own}_x_seconds_bucket` })).toEqual([
      {
        seriesLabels: { __name__: `${own}_x_seconds_bucket`, le: '5' },
        exemplars: [
          {
            labels: { user: 'u', span_id: '01'.repeat(8), trace_id: '02'.repeat(16) },
            value: '3',
            timestamp: now / 1_000,
          },
        ],
      },
    ]);
    expect(await stage.prometheus('metadata', { metric: `${own}_x_seconds` })).toEqual({
      [`${own}_x_seconds`]: [{ type: 'histogram', help: 'Said.', unit: 's' }],
    });
  });

  it('takes a metric without data points', async () => {
    const answer = await send(otlpRequest([gauge(`${own}.none`, []), gauge(`${own}.one`, [point(1)])]));
    expect([answer.status, partial(answer).rejectedDataPoints]).toEqual([200, '0']);
    expect(await seen(`${own}_one`)).toEqual(rows('1'));
  });

  it.each<[string, object, string]>([
    ['a sum that does not say what it adds up', sum('bad', [point(1)], 0), 'temporality'],
    ['a name of which nothing is left', gauge('…', [point(1)]), 'name'],
    [
      'a histogram with too few counts',
      {
        name: 'bad',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [{ ...point(1), asDouble: undefined, bucketCounts: ['1'], explicitBounds: [1, 2] }],
        },
      },
      'bucket counts',
    ],
  ])('refuses %s, and that alone', async (_, bad, why) => {
    const answer = await send(otlpRequest([bad, gauge(`${own}.beside`, [point(1)])]));
    expect([answer.status, partial(answer)]).toEqual([
      200,
      { rejectedDataPoints: '1', errorMessage: expect.stringContaining(why) },
    ]);
  });
});

describe('deltas', () => {
  it(`come to what the cumulative twin says, over kill -9 and repeated requests (SCM_SEED=${seed})`, async () => {
    const random = randomFrom(seed);
    const start = Date.now() - 60_000;
    const totals = { counter: 0, sum: 0, count: 0, small: 0 };
    const requests = Array.from({ length: 20 }, (_, i) => {
      const [grown, big, small] = [random() * 10, Math.floor(random() * 5), Math.floor(random() * 5)];
      const added = random();
      totals.counter += grown;
      totals.sum += added;
      totals.count += big + small;
      totals.small += small;
      const time = { startTimeUnixNano: nanos(start + i * 1_000), timeUnixNano: nanos(start + (i + 1) * 1_000) };
      const delta = { ...time, asDouble: grown };
      const twin = { ...time, asDouble: totals.counter };
      const buckets = {
        ...time,
        count: String(big + small),
        sum: added,
        bucketCounts: [small, big],
        explicitBounds: [1],
      };
      return otlpRequest([
        sum('twin.delta', [delta], DELTA),
        sum('twin.cumulative', [twin]),
        { name: 'twin.h', histogram: { aggregationTemporality: DELTA, dataPoints: [buckets] } },
      ]);
    });
    for (const [i, request] of requests.entries()) {
      // Its sender repeats what was not answered, and what was, now and then.
      const sendOnce = () =>
        waitFor(async () => (await asProtobuf(request)).status === 200, {
          timeoutMs: 45_000,
          what: 'the request to be taken',
        });
      if (i === 10) {
        await stage.metrics.kill();
        await stage.restart();
      }
      await sendOnce();
      if (i % 5 === 0) await sendOnce();
    }
    const values = async (name: string) =>
      (await stage.query(`${name}[5m]`)).flatMap((s) => s.values.map(([, v]) => Number(v)));
    const [deltas, twins] = [await values('twin_delta_total'), await values('twin_cumulative_total')];
    expect(deltas).toHaveLength(20);
    deltas.forEach((value, i) => expect(Math.abs(value - (twins[i] ?? NaN))).toBeLessThan(1e-9));
    expect(await seen('twin_h_bucket', 'le')).toEqual(rows(`1 ${totals.small}`, `+Inf ${totals.count}`));
    expect(Number([...(await seen('twin_h_sum'))][0])).toBeCloseTo(totals.sum, 9);
  });

  it('of exponential histograms are added up at the coarser scale', async () => {
    const send = (timeMs: number, scale: number, offset: number, bucketCounts: string[]) => {
      const count = bucketCounts.reduce((all, n) => all + Number(n), 0);
      const dataPoint = { timeUnixNano: nanos(timeMs), scale, count, sum: 1, positive: { offset, bucketCounts } };
      const exponentialHistogram = { aggregationTemporality: DELTA, dataPoints: [dataPoint] };
      return asProtobuf(otlpRequest([{ name: 'added.e', exponentialHistogram }]));
    };
    const now = Date.now() - 10_000;
    await send(now, 1, 0, ['1', '2', '3', '4']);
    await send(now + 1_000, 0, 1, ['5', '6']);
    expect(await seen('added_e_bucket{le=~"2|4|8|.Inf"}', 'le')).toEqual(rows('2 3', '4 15', '8 21', '+Inf 21'));
  });

  it('that others overtook count at the newest time, and once', async () => {
    const now = Date.now() - 10_000;
    const deltas = (...times: number[]) =>
      otlpRequest([
        sum(
          'late.delta',
          times.map((time) => point(1, time)),
          DELTA,
        ),
      ]);
    await asProtobuf(deltas(now));
    for (const _ of [1, 2]) expect(partial(await asProtobuf(deltas(now - 1_000, now))).rejectedDataPoints).toBe('0');
    expect(await stage.query('late_delta_total[1m]')).toMatchObject([{ values: [[now / 1_000, '2']] }]);
  });

  it('that are older than all that is remembered are refused by name', async () => {
    const now = Date.now() - 10_000;
    const many = Array.from({ length: 64 }, (_, i) => point(1, now + i));
    await asProtobuf(otlpRequest([sum('forgotten.delta', many, DELTA)]));
    const answer = await asProtobuf(otlpRequest([sum('forgotten.delta', [point(1, now - 1)], DELTA)]));
    expect(partial(answer)).toEqual({
      rejectedDataPoints: '1',
      errorMessage: expect.stringContaining('forgotten_delta_total'),
    });
    expect(await seen('forgotten_delta_total')).toEqual(rows('64'));
  });
});

describe('the door of OTLP', () => {
  const good = encodeOtlp(otlpRequest([gauge('door', [point(1)])]));

  it.each<[string, number, Uint8Array | string, Record<string, string>]>([
    ['no content type', 415, good, { 'content-type': '' }],
    ['a text', 415, good, { 'content-type': 'text/plain' }],
    ['another charset', 415, '{}', { 'content-type': 'application/json; charset=utf-7' }],
    ['another encoding', 415, good, { ...PROTOBUF, 'content-encoding': 'br' }],
    ['what is not gzip', 400, good, { ...PROTOBUF, ...GZIP }],
    ['what is no protobuf', 400, 'hello', PROTOBUF],
    ['what is no JSON', 400, '{', JSON_TYPE],
    ['a list', 400, '[]', JSON_TYPE],
    ['a text where a list has to be', 400, '{"resourceMetrics":"x"}', JSON_TYPE],
    ['deep nesting', 400, '['.repeat(100_000), JSON_TYPE],
    ['a gzip bomb', 413, gzipSync(Buffer.alloc(40_000_000)), { ...PROTOBUF, ...GZIP }],
    ['too large a body', 413, Buffer.alloc(2_000_001), PROTOBUF],
  ])('answers %s with %d', async (_, status, body, headers) => {
    const answer = await stage.post(PATH, body, headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('problem+json'),
    ]);
  });

  it('takes an empty request, and stands beside the queries too', async () => {
    expect((await stage.post(PATH, '', PROTOBUF)).status).toBe(200);
    expect((await stage.post('/prometheus/api/v1/otlp/v1/metrics', good, PROTOBUF)).status).toBe(200);
  });
});
