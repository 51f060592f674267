import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@scm/database';
import { startMetrics, type Metrics } from '../testing/metrics-fixture.js';
import type { MatrixReply } from '../testing/samples.js';

jest.setTimeout(30_000);

const base = Math.floor(Date.now() / 1_000) - 600;
const workspaceId = newId();

let metrics: Metrics;

beforeAll(async () => {
  metrics = await startMetrics();
});

afterAll(async () => {
  await metrics?.stop();
});

async function ingest(name: string, second: number, value: number): Promise<void> {
  const series = [{ labels: { __name__: name }, samples: [[(base + second) * 1_000, value]] }];
  await metrics.ask('metrics.v1.ingest', { series }, { workspaceId });
}

async function values(query: string, from = 0, to = 60): Promise<unknown[]> {
  const range = { query, start: String(base + from), end: String(base + to), step: '60' };
  const { body } = await metrics.ask<MatrixReply>('metrics.v1.query-range', range, { workspaceId });
  return body.data.result.flatMap((series) => series.values.map(([, value]) => value));
}

async function hits(): Promise<number> {
  const { body } = await metrics.ask<{ details: { queryCache: { hits: number } } }>(
    'metrics.v1.get-status',
    {},
    { workspaceId },
  );
  return body.details.queryCache.hits;
}

describe('answers kept', () => {
  it('are given again until a sample changes them', async () => {
    await ingest('kept', 0, 1);
    expect(await values('kept')).toEqual(['1', '1']);
    const before = await hits();
    expect(await values('kept')).toEqual(['1', '1']);
    expect((await hits()) - before).toBe(1);
    await ingest('kept', 30, 2);
    expect(await values('kept')).toEqual(['1', '2']);
    // A time that is written again has the newer value.
    await ingest('kept', 0, 3);
    expect(await values('kept')).toEqual(['3', '2']);
  });

  it('outlive samples of other metrics and of other times', async () => {
    await ingest('apart', 0, 1);
    await values('apart');
    const before = await hits();
    await ingest('other', 0, 1);
    await ingest('apart', 300, 9);
    expect(await values('apart')).toEqual(['1', '1']);
    expect((await hits()) - before).toBe(1);
  });

  it('of a selector without a metric end with any sample', async () => {
    await ingest('any', 0, 1);
    const query = '{__name__=~"any.*"}';
    expect(await values(query)).toEqual(['1', '1']);
    await ingest('any_more', 0, 5);
    expect(await values(query)).toEqual(expect.arrayContaining(['1', '5']));
  });

  it('are the caller’s workspace’s own', async () => {
    await ingest('mine', 0, 1);
    await values('mine');
    const range = { query: 'mine', start: String(base), end: String(base + 60), step: '60' };
    const { body } = await metrics.ask<MatrixReply>('metrics.v1.query-range', range, { workspaceId: newId() });
    expect(body.data.result).toEqual([]);
  });

  it('end with samples that another replica stored, also when they are older than the memory', async () => {
    const other = await metrics.mesh.start('metrics-ingest', { SCM_HOST_COLLECTOR: 'false' });
    try {
      const twoHours = 7_200;
      await ingest('late', -twoHours, 1);
      for (let i = 0; i < 4; i++) await values('late', -twoHours, 60 - twoHours);
      for (let value = 2; value < 12; value++) {
        // Either replica takes each of these.
        await ingest('late', -twoHours, value);
        expect(await values('late', -twoHours, 60 - twoHours)).toEqual([String(value), String(value)]);
      }
    } finally {
      await other.stop();
    }
  });
});
