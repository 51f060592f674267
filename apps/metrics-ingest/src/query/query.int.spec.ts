import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '@scm/testing';
import { startMetrics, type Metrics } from '../testing/metrics-fixture.js';
import { one, type MatrixReply, type VectorReply } from '../testing/samples.js';

jest.setTimeout(30_000);

/** A whole number of seconds, so that times of samples and steps can be compared. */
const base = Math.floor(Date.now() / 1_000) - 120;

let metrics: Metrics;

beforeAll(async () => {
  metrics = await startMetrics();
  const samples = [0, 10, 20, 40].map((second) => [(base + second) * 1_000, second]);
  const series = [
    { labels: { __name__: 'q', job: 'a', host: 'x' }, samples },
    { labels: { __name__: 'q', job: 'b', host: 'y' }, samples: samples.slice(0, 2) },
    { labels: { __name__: 'r', job: 'a' }, samples: [[base * 1_000, 1e21]] },
  ];
  await metrics.ask('metrics.v1.ingest', { series });
});

afterAll(async () => {
  await metrics?.stop();
});

const data = async (name: string, payload: object) => (await metrics.ask(`metrics.v1.${name}`, payload)).body.data;

describe('queries', () => {
  it('answer the newest value of each series, no older than five minutes', async () => {
    const at = async (time: number) =>
      ((await data('query', { query: 'q{job="a"}', time: String(time) })) as VectorReply['data']).result;
    expect(await at(base - 1)).toEqual([]);
    expect(await at(base + 20.5)).toEqual([
      { metric: { __name__: 'q', job: 'a', host: 'x' }, value: [base + 20.5, '20'] },
    ]);
    expect(await at(base + 339.999)).toHaveLength(1);
    expect(await at(base + 340)).toEqual([]);
  });

  it('answer steps', async () => {
    const range = { query: 'q', start: String(base), end: new Date((base + 30) * 1_000).toISOString(), step: '15s' };
    const values = [
      [base, '0'],
      [base + 15, '10'],
      [base + 30, '20'],
    ];
    expect(await data('query-range', { ...range, query: 'q{host!="y"}' })).toEqual({
      resultType: 'matrix',
      result: [{ metric: { __name__: 'q', job: 'a', host: 'x' }, values }],
    });
    const cut = (await metrics.ask<MatrixReply>('metrics.v1.query-range', { ...range, limit: '1' })).body;
    expect([cut.data.result.length, cut.warnings]).toEqual([1, ['results truncated due to limit']]);
  });

  it('answer the samples of a range, which is open at its beginning', async () => {
    const { result } = (await data('query', {
      query: 'q{job="b"}[10s]',
      time: String(base + 10),
    })) as MatrixReply['data'];
    expect(result[0]?.values).toEqual([[base + 10, '10']]);
  });

  it('answer scalars, texts and calculations', async () => {
    const time = String(base + 40);
    expect(await data('query', { query: '1 + 1', time })).toEqual({ resultType: 'scalar', result: [base + 40, '2'] });
    expect(await data('query', { query: '"a"', time })).toEqual({ resultType: 'string', result: [base + 40, 'a'] });
    expect(await data('query', { query: 'sum by (job) (increase(q[40s])) / on(job) group_left q', time })).toEqual({
      resultType: 'vector',
      result: [{ metric: { job: 'a' }, value: [base + 40, '1'] }],
    });
    const range = { query: 'max(q) + r', start: String(base), end: String(base + 20), step: '20' };
    expect(await data('query-range', range)).toEqual({ resultType: 'matrix', result: [] });
    expect(await data('query', { query: 'max(q offset 20s) * on() q{job="a"} @ end()', time })).toMatchObject({
      result: [{ metric: {}, value: [base + 40, '800'] }],
    });
  });

  it('note what looks wrong, and say why they cannot be answered', async () => {
    const { body } = await metrics.ask('metrics.v1.query', {
      query: 'rate(q[1m]) > quantile(2, q)',
      time: String(base + 40),
    });
    expect(body).toMatchObject({
      warnings: ['PromQL warning: quantile value should be between 0 and 1, got 2 (1:24)'],
      infos: [expect.stringContaining('metric might not be a counter')],
    });
    const answer = await metrics.ask('metrics.v1.query', { query: 'q * on() r', time: String(base) });
    expect(answer).toMatchObject({ status: 409, body: { code: 'FAILED_PRECONDITION' } });
  });

  it('format queries', async () => {
    expect(await data('format-query', { query: 'sum(q)by(job)' })).toBe('sum by (job) (q)');
    expect(await data('get-build-info', {})).toMatchObject({ version: expect.stringMatching(/^3\./) });
  });

  it('write numbers as Prometheus does', async () => {
    const { result } = (await data('query', { query: 'r', time: String(base) })) as VectorReply['data'];
    expect(result[0]?.value).toEqual([base, '1e+21']);
  });

  it('tell series, labels, values and metadata', async () => {
    const match = ['{job=~".+", __name__=~"q|r"}', 'q'];
    expect(await data('list-series', { match })).toHaveLength(3);
    expect(await data('list-series', { match, limit: '2' })).toHaveLength(2);
    expect(await data('list-labels', { match })).toEqual(['__name__', 'host', 'job']);
    expect(await data('list-label-values', { label: 'job', match: ['r'] })).toEqual(['a']);
    expect(await data('list-label-values', { label: 'none' })).toEqual([]);
    expect(await data('list-series', { match: ['q'], start: '1000', end: '2000' })).toEqual([]);
    const metadata = await waitFor(async () => {
      const found = (await data('list-metadata', {})) as Record<string, unknown>;
      return found.scm_host_load1 && found;
    });
    expect(metadata).toMatchObject({ q: [{ type: 'unknown' }], scm_host_load1: [{ type: 'gauge' }] });
  });

  it.each([
    ['query', { query: 'rate(q)' }, 'query'],
    ['query', { query: 'q{' }, 'query'],
    ['query', { query: 'q', timeout: '0' }, 'timeout'],
    ['format-query', { query: 'q +' }, 'query'],
    ['query', { query: 'q', time: 'now' }, 'time'],
    ['query', { query: 'q', limit: 'x' }, 'limit'],
    ['query', { query: 7 }, 'query'],
    ['query', {}, 'query'],
    ['query-range', { query: 'q[5m]', start: '0', end: '1', step: '1' }, 'query'],
    ['query-range', { query: 'q', start: '2', end: '1', step: '1' }, 'end'],
    ['query-range', { query: 'q', start: '0', end: '11001', step: '1' }, 'step'],
    ['query-range', { query: 'q', start: '0', end: '1', step: '0' }, 'step'],
    ['query-range', { query: 'q', start: '0', end: '1', step: '-1m' }, 'step'],
    ['list-series', {}, 'match'],
    ['list-series', { match: ['q', 'q+1'] }, 'match.1'],
    ['list-labels', { match: ['q[5m]'] }, 'match.0'],
    ['list-label-values', {}, 'label'],
    ['list-labels', { start: '2', end: '1' }, 'end'],
  ])('refuse a wrong %s %j and name the field', async (name, payload, path) => {
    const answer = await metrics.ask<{ code: string; details: { path: string }[] }>(`metrics.v1.${name}`, payload);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT', details: [{ path }] } });
  });
});

describe('the machine', () => {
  it('is measured within three seconds', async () => {
    const wanted = ['cpu_usage_ratio', 'memory_used_bytes', 'load1', 'disk_used_bytes', 'network_receive_bytes_total'];
    const names = await waitFor(
      async () => {
        const { result } = (await data('query', { query: '{__name__=~"scm_host_.+"}' })) as VectorReply['data'];
        const seen = new Set(result.map(({ metric }) => metric.__name__));
        return wanted.every((name) => seen.has(`scm_host_${name}`)) && seen;
      },
      { timeoutMs: 3_000 },
    );
    expect(names.size).toBeGreaterThan(15);
  });

  it('tells which processes use most, some seconds after the start', async () => {
    const top = await waitFor(async () => {
      const { result } = (await data('query', { query: 'scm_host_process_memory_bytes' })) as VectorReply['data'];
      return result.length > 0 && result;
    });
    expect(top.length).toBeLessThanOrEqual(20);
    expect(top[0]?.metric).toMatchObject({ pid: expect.stringMatching(/^\d+$/), command: expect.any(String) });
  });

  it('is shown in frames', async () => {
    const frame = await waitFor(() => metrics.events.find(({ subject }) => /frame-taken\.[^.]+\.host$/.test(subject)));
    const { ids, v, set } = frame.payload as unknown as { set: string; ids: string[]; v: number[] };
    expect([set, v.length]).toEqual(['host', ids.length]);
    expect(ids.some((id) => id.startsWith('scm_host_load1{instance='))).toBe(true);
    await metrics.ask('metrics.v1.ingest', { series: [one('framed', 5, { a: 'b' })] });
    await waitFor(() =>
      metrics.events.find(({ payload }) => {
        const { ids: all, v: values } = payload as unknown as { ids?: string[]; v: number[] };
        return all !== undefined && values[all.indexOf('framed{a="b"}')] === 5;
      }),
    );
  });
});
