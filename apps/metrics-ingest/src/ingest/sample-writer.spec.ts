import { expect, it } from '@jest/globals';
import { MetricsConfig } from '../config.js';
import type { LogTail } from '../log/log-tail.js';
import type { SampleLogRepository } from '../log/sample-log.repository.js';
import type { Head } from '../series/head.js';
import type { SeriesRepository } from '../series/series.repository.js';
import { SampleWriter } from './sample-writer.js';
import type { AcceptedSeries } from './series-input.js';

/** A Postgres that takes statements and never answers. */
const silent = new Proxy({}, { get: () => () => new Promise(() => {}) });
const head = { find: () => ({ id: 1 }) };

function series(samples: number): AcceptedSeries[] {
  const times = Array.from({ length: samples }, (_, i) => i);
  return [{ index: 0, key: 'k', labels: { __name__: 'x' }, times, values: times }];
}

it('refuses more samples than may wait for a Postgres that does not answer', async () => {
  const writer = new SampleWriter(
    new MetricsConfig(),
    silent as SampleLogRepository,
    silent as SeriesRepository,
    head as unknown as Head,
    silent as LogTail,
  );
  const refused: unknown[] = [];
  for (let i = 0; i < 30; i++) void writer.write('w', series(50_000)).catch((error: unknown) => refused.push(error));
  await new Promise(setImmediate);
  // The first goes into the commit that hangs; twenty more make the million that may wait.
  expect(refused).toHaveLength(9);
  expect(refused[0]).toMatchObject({ code: 'RESOURCE_EXHAUSTED', retryAfterMs: 1_000 });
});
