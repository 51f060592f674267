import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { schemaDrift } from '@scm/database';
import { waitFor } from '@scm/testing';
import { database } from './database.js';
import { startMetrics, type Metrics } from './testing/metrics-fixture.js';

// A rule waits for its `for`, and after a kill for the lease of the dead replica.
jest.setTimeout(30_000);

let metrics: Metrics;

beforeAll(async () => {
  metrics = await startMetrics();
});

afterAll(async () => {
  await metrics?.stop();
});

const now = () => Date.now();
const one = (name: string, value: number, labels: Record<string, string> = {}, time = now()) => ({
  labels: { __name__: name, ...labels },
  samples: [[time, value]],
});

interface Vector {
  data: { resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] };
}
interface Matrix {
  data: { resultType: string; result: { metric: Record<string, string>; values: [number, string][] }[] };
}

describe('ingest and query', () => {
  it('stores good samples, refuses bad ones alone and counts both exactly', async () => {
    const time = now();
    const answer = await metrics.ask('metrics.v1.ingest', {
      series: [
        one('good', 1, { a: 'x' }, time),
        {
          labels: { __name__: 'mixed' },
          samples: [
            [time, 1],
            [time, 'x'],
            [time - 90_000_000, 1],
            [time + 700_000, 1],
          ],
        },
        {
          labels: { __name__: '1bad' },
          samples: [
            [time, 1],
            [time, 2],
          ],
        },
        { labels: { a: 'b' }, samples: [[time, 1]] },
        { labels: { __name__: 'y', 'a-b': 'c' }, samples: [[time, 1]] },
        { labels: { __name__: 'y', a: 1 }, samples: [[time, 1]] },
        { labels: { __name__: 'y' }, samples: 1 },
        7,
      ],
    });
    expect(answer.body).toMatchObject({ written: 2, rejected: 10 });
    const { errors } = answer.body as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path)).toEqual([
      'series.1.samples.1',
      'series.1.samples.2',
      'series.1.samples.3',
      'series.2.labels.__name__',
      'series.3.labels.__name__',
      'series.4.labels',
      'series.5.labels.a',
      'series.6.samples',
      'series.7',
    ]);
    const { data } = (await metrics.ask<Vector>('metrics.v1.query', { query: 'good{a=~"x|y"}' })).body;
    expect(data).toEqual({
      resultType: 'vector',
      result: [{ metric: { __name__: 'good', a: 'x' }, value: [expect.any(Number), '1'] }],
    });
  });

  it('answers a range of steps and a range of samples', async () => {
    const base = Math.floor(now() / 1_000) * 1_000 - 60_000;
    const samples = [0, 1, 2, 3].map((i) => [base + i * 10_000, i]);
    await metrics.ask('metrics.v1.ingest', {
      series: [{ labels: { __name__: 'ranged' }, samples: samples.toReversed() }],
    });
    const range = { query: 'ranged', start: String(base / 1_000), end: String(base / 1_000 + 30), step: '15s' };
    const { data } = (await metrics.ask<Matrix>('metrics.v1.query-range', range)).body;
    expect(data).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'ranged' },
          values: [
            [base / 1_000, '0'],
            [base / 1_000 + 15, '1'],
            [base / 1_000 + 30, '3'],
          ],
        },
      ],
    });
    const raw = await metrics.ask<Matrix>('metrics.v1.query', { query: 'ranged[1h]' });
    expect(raw.body.data.result[0]?.values).toEqual(samples.map(([t, v]) => [(t ?? 0) / 1_000, String(v)]));
  });

  it('keeps acknowledged samples over kill -9 and shows each once', async () => {
    const time = now() - 5_000;
    const writes = Array.from({ length: 20 }, (_, i) => one('durable', i, {}, time + i));
    await Promise.all(writes.map((series) => metrics.ask('metrics.v1.ingest', { series: [series, series] })));
    await metrics.service.kill();
    await metrics.restart();
    const raw = await metrics.ask<Matrix>('metrics.v1.query', { query: 'durable[5m]' });
    expect(raw.body.data.result[0]?.values.map(([, value]) => Number(value))).toEqual([...writes.keys()]);
  });

  it('measures the machine', async () => {
    const names = await waitFor(
      async () => {
        const { data } = (await metrics.ask<Vector>('metrics.v1.query', { query: '{__name__=~"scm_host_.+"}' })).body;
        const seen = new Set(data.result.map(({ metric }) => metric.__name__));
        return seen.has('scm_host_cpu_usage_ratio') && seen;
      },
      { timeoutMs: 5_000 },
    );
    expect([...names]).toEqual(expect.arrayContaining(['scm_host_memory_used_bytes', 'scm_host_load1']));
  });
});

describe('rules', () => {
  it('fires after `for`, tells others, and resolves', async () => {
    const rule = {
      alert: 'Hot',
      expr: 'temperature > 30',
      for: '2s',
      annotations: { summary: '{{ $labels.room }}: {{ $value }}' },
    };
    const made = await metrics.ask<{ id: string; state: string }>('rules.v1.create', {
      ...rule,
      labels: { severity: 'page' },
    });
    expect(made.status).toBe(200);
    await metrics.ask('metrics.v1.ingest', {
      series: [one('temperature', 31, { room: 'a' }), one('temperature', 29, { room: 'b' })],
    });
    const fired = await waitFor(() => metrics.events.find(({ subject }) => subject.includes('alert-fired')));
    expect(fired.payload).toMatchObject({
      alertName: 'Hot',
      labels: { room: 'a', severity: 'page', alertname: 'Hot' },
      annotations: { summary: 'a: 31' },
      value: 31,
    });
    await metrics.ask('metrics.v1.ingest', { series: [one('temperature', 20, { room: 'a' })] });
    const resolved = await waitFor(() => metrics.events.find(({ subject }) => subject.includes('alert-resolved')));
    expect(resolved.payload.alertId).toBe(fired.payload.alertId);
  });
});

describe('frames', () => {
  it('come each second with the newest values', async () => {
    const frame = await waitFor(() => metrics.events.find(({ subject }) => /frame-taken\..*\.host$/.test(subject)));
    const { ids, v } = frame.payload as unknown as { ids: string[]; v: number[] };
    expect(ids.length).toBe(v.length);
    expect(ids.some((id) => id.startsWith('scm_host_load1{instance='))).toBe(true);
  });
});

describe('schema', () => {
  it('has migrations that make what the entities say', async () => {
    expect(await schemaDrift(database, metrics.mesh.database.url)).toEqual([]);
  });
});
