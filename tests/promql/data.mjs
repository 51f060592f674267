// The series that both sides are filled with: what the compliance queries ask for, over the last two hours.
const INSTANCES = ['demo.promlabs.com:10000', 'demo.promlabs.com:10001', 'demo.promlabs.com:10002'];
const BOUNDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 1, Infinity];

export const SCRAPE_MS = 10_000;
const SCRAPES = 720;

/**
 * `{labels, samples: [[ms, value]]}`. Times are never whole seconds, so that none lies on the edge of a window, and sums of
 * values are exact in whatever order they are made: they are multiples of 1/64.
 */
export function makeSeries(random, endMs) {
  const startMs = endMs - SCRAPES * SCRAPE_MS;
  const all = [];
  INSTANCES.forEach((instance, i) => {
    const times = Array.from({ length: SCRAPES }, (_, k) => startMs + k * SCRAPE_MS + 1_237 + i * 331);
    const add = (name, labels, valueAt) => {
      const samples = times.flatMap((time, k) => {
        const value = valueAt(k, time);
        return value === undefined ? [] : [[time, value]];
      });
      all.push({ labels: { __name__: name, instance, job: 'demo', ...labels }, samples });
    };
    ['free', 'used', 'buffers', 'cached'].forEach((type, k) => {
      add('demo_memory_usage_bytes', { type }, walk(random, 1e8 * (k + 1) + 1e7 * i + (i * 4 + k) / 64, 1e6));
    });
    add('demo_num_cpus', {}, () => 4);
    ['user', 'system', 'idle'].forEach((mode, k) => {
      add('demo_cpu_usage_seconds_total', { mode }, counter(random, 3 + k, i === 1 && k === 0 ? 0.01 : 0));
    });
    add('demo_disk_usage_bytes', {}, (k) => 1e9 * (i + 1) + k * 4_096 * (i + 1) + Math.floor(random.next() * 1_024));
    add('demo_disk_total_bytes', {}, () => 2 ** 40);
    add('demo_batch_last_success_timestamp_seconds', {}, (_, time) => Math.floor(time / 300_000) * 300 + i);
    add('demo_intermittent_metric', {}, (k) => (k % 180 < 60 ? k : undefined));
    for (const method of ['GET', 'POST'])
      histogram(random, add, { method, path: `/api/${method === 'GET' ? 'a' : 'b'}` });
    add('odd_gauge', {}, odd(random));
  });
  return all;
}

const exact = (value) => Math.round(value * 64) / 64;

function walk(random, start, most) {
  let value = start;
  return () => (value += exact(random.between(-most, most)));
}

function counter(random, perScrape, resets) {
  let value = 0;
  return () => {
    if (random.chance(resets)) value = 0;
    return (value += exact(random.between(0, 2 * perScrape)));
  };
}

function histogram(random, add, labels) {
  const counts = BOUNDS.map(() => []);
  let observed = BOUNDS.map(() => 0);
  for (let k = 0; k < SCRAPES; k++) {
    observed = observed.map((count, i) => count + Math.floor(random.between(0, 3 + i)));
    let below = 0;
    observed.forEach((count, i) => counts[i].push((below += count)));
  }
  const name = 'demo_api_request_duration_seconds';
  BOUNDS.forEach((bound, i) => {
    add(`${name}_bucket`, { ...labels, le: bound === Infinity ? '+Inf' : String(bound) }, (k) => counts[i][k]);
  });
  add(`${name}_count`, labels, (k) => counts.at(-1)[k]);
  add(`${name}_sum`, labels, (k) => exact(counts.at(-1)[k] * 0.25));
}

function odd(random) {
  return (k) => {
    if (k % 97 > 90) return k % 97 === 91 ? 'stale' : undefined;
    const kind = random.next();
    if (kind < 0.02) return NaN;
    if (kind < 0.03) return Infinity;
    if (kind < 0.04) return -Infinity;
    return exact(random.between(-1_000, 1_000));
  };
}
