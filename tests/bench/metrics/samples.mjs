import { randomFrom } from '../../chaos/random.mjs';

export const seriesCount = 5_000;
export const stepMs = 15_000;
const metrics = 10;
const namespaces = 5;

/** How the values of a metric go on: what monitoring is made of. */
const kinds = [
  (value, random) => value + Math.floor(random() * 100),
  (value, random) => value + Math.floor(random() * 10),
  (value, random) => value + (random() < 0.1 ? 1 : 0),
  (value, random) => value + Math.floor(random() * 1e6),
  (value, random) => Math.round((value + random() - 0.5) * 100) / 100,
  (value, random) => Math.round(random() * 10_000) / 100,
  (value, random) => Math.max(0, value + Math.floor((random() - 0.5) * 100) * 4_096),
  (value) => value,
  (value, random) => (random() < 0.02 ? 0 : 1),
  (value, random) => random() * 100,
];

/**
 * 5,000 series as a cluster has them: ten metrics of 500 instances in five namespaces; the first four are counters. Gives the
 * values of one scrape after the other.
 */
export function makeSeries(run, seed) {
  const { next: random } = randomFrom(seed);
  return Array.from({ length: seriesCount }, (_, i) => {
    const [metric, instance] = [i % metrics, Math.floor(i / metrics)];
    let value = Math.floor(random() * 1_000);
    const next = kinds[metric];
    return {
      labels: {
        __name__: metric < 4 ? `bench_${metric}_total` : `bench_${metric}`,
        cluster: 'bench',
        instance: `10.0.${instance >> 8}.${instance & 255}:9100`,
        job: 'node',
        namespace: `ns${instance % namespaces}`,
        pod: `pod-${instance}-5f6d8`,
        run,
      },
      next: () => (value = next(value, random)),
    };
  });
}
