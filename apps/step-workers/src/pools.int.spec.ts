import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { waitFor, type TestService } from '@scm/testing';
import { startTaskGiver, type TaskGiver } from './testing/task-giver.js';

jest.setTimeout(120_000);

let giver: TaskGiver;
let url: string;

/** What is acted upon: how often by key, and how many at once. */
const site = { times: new Map<string, number>(), atWork: 0, most: 0, answerMs: 20, holds: (_key: string) => false };

const server = createServer((request, response) => {
  const key = String(request.headers['idempotency-key']);
  site.times.set(key, (site.times.get(key) ?? 0) + 1);
  site.most = Math.max(site.most, ++site.atWork);
  response.on('close', () => site.atWork--);
  if (!site.holds(key)) void sleep(site.answerMs).then(() => response.end());
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  giver = await startTaskGiver();
});

beforeEach(() => {
  giver.reports.length = 0;
  site.times.clear();
  site.most = 0;
  site.holds = () => false;
});

afterAll(async () => {
  server.closeAllConnections();
  await giver?.stop();
  await new Promise((resolve) => server.close(resolve));
});

const startWorker = (env: NodeJS.ProcessEnv = {}): Promise<TestService> =>
  giver.mesh.start('step-workers', { SCM_EGRESS_ALLOW: '127.0.0.1', SCM_CONCURRENCY: '4', ...env });

const giveMany = (count: number, more: object = {}): Promise<string[]> =>
  Promise.all(
    Array.from({ length: count }, (_, n) => giver.give('action', { http: { url } }, { key: `k${n}`, ...more })),
  );

const allDone = () =>
  waitFor(async () => (await giver.stored()) === 0, { timeoutMs: 60_000, what: 'all tasks to be done' });

/** Every task was reported as done, and acted once. */
function expectOnce(ids: readonly string[]): void {
  expect(giver.reports.map(({ executionId }) => executionId).toSorted()).toEqual([...ids].toSorted());
  expect(giver.reports.every(({ outcome }) => outcome === 'completed')).toBe(true);
  expect([...site.times.values()].filter((times) => times > 1)).toEqual([]);
  expect(site.times.size).toBe(ids.length);
}

it('one worker, then four, then one again lose no task and do none twice', async () => {
  const workers = [await startWorker()];
  const first = giveMany(300);
  await waitFor(() => site.times.size > 20);
  workers.push(...(await Promise.all([startWorker(), startWorker(), startWorker()])));
  await waitFor(() => site.times.size > 150, { timeoutMs: 60_000 });
  await Promise.all(workers.splice(1).map((worker) => worker.stop()));
  const ids = await first;
  await allDone();
  expectOnce(ids);
  await workers[0]?.stop();
});

it('two workers do about twice as much as one of what waits for the outside', async () => {
  const rates: number[] = [];
  const workers: TestService[] = [];
  const tasks = 400;
  while (workers.length < 2) {
    workers.push(await startWorker());
    site.times.clear();
    giver.reports.length = 0;
    const startedMs = performance.now();
    const ids = await giveMany(tasks);
    await allDone();
    rates.push((tasks * 1_000) / (performance.now() - startedMs));
    expectOnce(ids);
  }
  const [one = 0, two = 0] = rates.map(Math.round);
  process.stderr.write(
    `steps of ${site.answerMs} ms, 4 slots a worker: ${one}/s with one, ${two}/s with two, ${(two / one).toFixed(2)} times\n`,
  );
  await Promise.all(workers.map((worker) => worker.stop()));
});

it('what a step costs counts against the slots of its worker', async () => {
  const worker = await startWorker();
  const two = await giveMany(20, { cost: 2 });
  await allDone();
  expectOnce(two);
  expect(site.most).toBe(2);
  giver.reports.length = site.most = 0;
  site.times.clear();
  const mixed = [
    ...(await giveMany(3, { cost: 100 })),
    await giver.give('action', { http: { url } }, { key: 'cheap' }),
  ];
  await allDone();
  expectOnce(mixed);
  expect(site.most).toBeLessThanOrEqual(4);
  await worker.stop();
});

it('a worker that is told to end takes nothing more, and hands back what it cannot finish in time', async () => {
  const worker = await startWorker({ SCM_DRAIN_SECONDS: '1' });
  site.holds = (key) => key === 'k0';
  const ids = await giveMany(4);
  await waitFor(() => giver.reports.length === 3 && site.times.size === 4);
  const stoppedMs = performance.now();
  const stopping = worker.stop();
  await waitFor(() => worker.log().includes('stopping'));
  const late = await giver.give('action', { http: { url } }, { key: 'late' });
  expect(await stopping).toBe(0);
  process.stderr.write(`drain of 1 s with a step that never ends: ${Math.round(performance.now() - stoppedMs)} ms\n`);
  expect([giver.reports.length, await giver.stored()]).toEqual([3, 2]);
  site.holds = () => false;
  const other = await startWorker();
  await allDone();
  expect(giver.reports.map(({ executionId }) => executionId).toSorted()).toEqual([...ids, late].toSorted());
  // It had acted, and nobody knows of it: with its key it acts again.
  expect(Object.fromEntries(site.times)).toEqual({ k0: 2, k1: 1, k2: 1, k3: 1, late: 1 });
  await other.stop();
});
