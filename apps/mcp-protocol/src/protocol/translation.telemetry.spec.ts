import { beforeAll, expect, it } from '@jest/globals';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
const provider = new MeterProvider({ readers: [reader] });
let translate: typeof import('./translation.telemetry.js').translate;

beforeAll(async () => {
  // Services set it before they load anything that measures.
  metrics.setGlobalMeterProvider(provider);
  ({ translate } = await import('./translation.telemetry.js'));
});

it('counts rules by revisions, rule and what came of it', async () => {
  const tool = { name: 't', inputSchema: { type: 'object' }, icons: [] };
  const list = { result: { resultType: 'complete', tools: [tool] } };
  const options = { from: '2026-07-28', to: '2025-06-18', sender: 'server' } as const;
  expect(translate(list, { ...options, method: 'tools/list' }).message.result).not.toHaveProperty('resultType');
  expect(() => translate({ method: 'subscriptions/listen' }, { ...options, sender: 'client' })).toThrow();

  await reader.forceFlush();
  const points = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all));
  const counted = points.find(({ descriptor }) => descriptor.name === 'scm.mcp.translation.rules')?.dataPoints ?? [];
  const about = { from: '2026-07-28', to: '2025-06-18' };
  expect(counted.map(({ attributes, value }) => ({ ...attributes, value }))).toEqual([
    { ...about, rule: '2026-07-28/result-type', class: 'lossless', value: 1 },
    { ...about, rule: '2025-11-25/icons', class: 'lossy', value: 1 },
    { ...about, rule: '2026-07-28/subscriptions', class: 'refused', value: 1 },
  ]);
  await provider.shutdown();
});
