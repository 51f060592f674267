import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { markStale } from '@scm/promql';
import { randomFrom } from '@scm/testing';
import type { AcceptedSeries } from '../ingest/series-input.js';
import { keyOf } from '../series/labels.js';
import { startStore, type Replica, type Store } from '../testing/store.js';

jest.setTimeout(180_000);

const seed = Number(process.env['SCM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const random = randomFrom(seed);
const below = (n: number) => Math.floor(random() * n);
const oneOf = <T>(all: readonly T[]): T => all[below(all.length)] as T;

const WORKSPACES = ['00000000-0000-7000-8000-0000000000aa', '00000000-0000-7000-8000-0000000000bb'] as const;
const SERIES = 6;
const STEP_MS = 1_000;
const HOUR_MS = 3_600_000;

/** What must be found: the bits of each value by workspace, series and time. */
const model = new Map<string, Map<number, string>>();
const known = (workspaceId: string, series: number) => {
  const key = `${workspaceId} ${series}`;
  const found = model.get(key) ?? new Map<number, string>();
  model.set(key, found);
  return found;
};
const bitsOf = (values: Float64Array, i: number) => Buffer.from(values.slice(i, i + 1).buffer).toString('hex');

let store: Store;
let replicas: Replica[];
/** A whole second, so that values for one time come often. */
let nowMs: number;

beforeAll(async () => {
  store = await startStore();
  nowMs = Date.now() - (Date.now() % STEP_MS);
  replicas = [await store.open(), await store.open()];
});

afterAll(async () => {
  await store?.stop();
});

const labelsOf = (series: number) => ({ __name__: 'm', i: String(series) });

/** Within the head, at its border, and up to a day ago. */
const someTime = () => nowMs - oneOf([0, 60, 500, 900, 4_000, 80_000]) * 1_000 - below(60) * STEP_MS;

function samples(series: number, endMs: number): AcceptedSeries {
  const count = oneOf([1, 1, 5, 40, 600]);
  const times = Array.from({ length: count }, (_, i) => endMs - (count - i) * STEP_MS);
  if (below(4) === 0) times.reverse();
  const values = Float64Array.from(times, () => oneOf([below(1_000) / 10, below(50), random(), NaN, Infinity, -0]));
  for (let i = 0; i < count; i++) if (below(10) === 0) markStale(values, i);
  return { index: 0, key: keyOf(labelsOf(series)), labels: labelsOf(series), times, values };
}

/** Of two values for one time the later commit's counts: a replica commits in the order of the calls. */
async function write(replica = oneOf(replicas)): Promise<void> {
  const workspaceId = oneOf(WORKSPACES);
  const chosen = Array.from({ length: 1 + below(3) }, () => below(SERIES));
  const endMs = below(3) > 0 ? someTime() : undefined;
  const accepted = chosen.map((series) => samples(series, endMs ?? someTime()));
  const written = replica.writer.write(workspaceId, accepted);
  accepted.forEach(({ times, values }, at) => {
    for (let i = 0; i < times.length; i++) {
      known(workspaceId, chosen[at] ?? 0).set(times[i] ?? 0, bitsOf(values as Float64Array, i));
    }
  });
  expect(await written).toEqual([]);
}

async function check(): Promise<void> {
  const [replica, workspaceId] = [oneOf(replicas), oneOf(WORKSPACES)];
  const fromMs = nowMs - oneOf([100, 800, 2_000, 5_000, 90_000]) * 1_000;
  const toMs = oneOf([nowMs, nowMs - 700_000, nowMs - HOUR_MS, fromMs + 300_000]);
  await replica.reader.catchUp();
  const found = await replica.reader.read(workspaceId, { name: 'm', matchers: [] }, fromMs, toMs);
  for (let series = 0; series < SERIES; series++) {
    const { times = [], values = new Float64Array() } = found.find(({ labels }) => labels['i'] === `${series}`) ?? {};
    const seen = Array.from(times, (time, i) => `${time} ${bitsOf(values, i)}`);
    const wanted = [...known(workspaceId, series)]
      .filter(([time]) => time > fromMs && time <= toMs)
      .sort(([a], [b]) => a - b)
      .map(([time, bits]) => `${time} ${bits}`);
    // Only the first difference: there may be many thousands.
    const at = wanted.findIndex((sample, i) => sample !== seen[i]);
    expect([at, wanted[at], seen[at], seen.length]).toEqual([-1, undefined, undefined, wanted.length]);
  }
}

async function replace(at: number): Promise<void> {
  await replicas[at]?.sealer.beforeApplicationShutdown();
  replicas[at] = await store.open({ headMinutes: oneOf([1, 30]) });
}

const seal = () => oneOf(replicas).sealer.sealDue();
const count = async (table: string) =>
  Number((await store.server.query<{ n: string }>(`select count(*) as n from metrics.${table}`))[0]?.n);

describe(`the store (SCM_SEED=${seed})`, () => {
  it('finds every sample as it came, whatever is sealed, forgotten or begun anew meanwhile', async () => {
    for (let round = 0; round < 25; round++) {
      const writing = oneOf(replicas);
      await Promise.all(Array.from({ length: 1 + below(4) }, () => write(writing)));
      const meanwhile = oneOf<() => Promise<unknown>>([
        async () => undefined,
        seal,
        () => Promise.all(replicas.map(({ sealer }) => sealer.sealDue())),
        async () => replicas.forEach(({ head }) => head.evict(Date.now() + oneOf([0, 300, 900]) * 1_000)),
        () => replace(below(replicas.length)),
      ]);
      await Promise.all([meanwhile(), check(), check()]);
      await check();
    }
    for (const at of [0, 1]) await replace(at);
    replicas[0]?.head.evict(Date.now() + HOUR_MS);
    await replicas[0]?.sealer.sealDue();
    expect(await count('sample_log')).toBe(0);
    for (let i = 0; i < 10; i++) await check();
  });

  it('loses and doubles nothing when sealing stops before any of its statements', async () => {
    for (const at of [0, 1]) await replace(at);
    const [replica] = replicas as [Replica];
    let statement = 0;
    for (let isLost = true; isLost; statement++) {
      await write();
      replica.head.evict(Date.now() + HOUR_MS);
      const before = [await count('sample_log'), await count('chunks')];
      const sealing = replica.sealerLostAt(statement).sealDue();
      isLost = await sealing.then(
        () => false,
        () => true,
      );
      if (isLost) expect([await count('sample_log'), await count('chunks')]).toEqual(before);
      for (let i = 0; i < 3; i++) await check();
    }
    expect(statement).toBeGreaterThan(10);
    expect(await count('sample_log')).toBe(0);
  });
});
