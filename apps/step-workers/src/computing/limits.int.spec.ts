import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { startTaskGiver, type TaskGiver } from '../testing/task-giver.js';

jest.setTimeout(60_000);

let giver: TaskGiver;

beforeAll(async () => {
  giver = await startTaskGiver();
  const env = { SCM_STEP_CPU_MS: '2000', SCM_STEP_MEMORY_MIB: '64', SCM_EGRESS_ALLOW: '127.0.0.1' };
  await giver.mesh.start('step-workers', env);
});

afterAll(async () => giver?.stop());

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

/** Compares everything with everything. */
const heavy = (count: number) => ({
  source: numbers(count),
  operations: [{ filter: { path: '', op: 'in', than: numbers(count, count) } }],
});

/** Makes objects of a hundred keys. */
const large = (count: number) => ({
  source: numbers(count).map(() => ({})),
  operations: [{ set: Object.fromEntries(numbers(100).map((n) => [`key${n}`, n])) }, { limit: 1 }],
});

const failure = (limit: string, status: number) => ({
  outcome: 'failed',
  error: { type: `urn:scm:limit:${limit}`, status, retryable: false },
});

it('a step that takes too much CPU time fails, and nothing waits for it', async () => {
  const slow = await giver.give('processing', heavy(30_000), { limits: { cpuMs: 500 } });
  const quick = await giver.give('processing', { operations: [] });
  expect(await giver.reportOf(slow)).toMatchObject(failure('cpuMs', 422));
  await giver.reportOf(quick);
  expect(giver.reports.map(({ executionId }) => executionId)).toEqual([quick, slow]);
});

it('no step takes more CPU time than its worker allows, whatever it says', async () => {
  const slow = await giver.give('processing', heavy(30_000), { limits: { cpuMs: 600_000 } });
  expect(await giver.reportOf(slow)).toMatchObject(failure('cpuMs', 422));
});

it('a step that takes too much memory fails, and its worker does not', async () => {
  const id = await giver.give('processing', large(40_000), { limits: { memoryMib: 16 } });
  expect(await giver.reportOf(id)).toMatchObject(failure('memoryMib', 422));
  const other = await giver.give('processing', large(1_000));
  expect(await giver.reportOf(other)).toMatchObject({ outcome: 'completed' });
});

it('an output that would be endless is none', async () => {
  const text = 'x'.repeat(200_000);
  const id = await giver.give('processing', {
    source: numbers(5_000).map(() => ({})),
    operations: [{ set: { text } }],
  });
  expect(await giver.reportOf(id)).toMatchObject({ outcome: 'failed', error: { retryable: false } });
});

it('a step that gets or gives too much fails', async () => {
  const limits = { payloadBytes: 100 };
  const [much, little] = [
    { source: 'x'.repeat(200), operations: [] },
    { source: 'x', operations: [] },
  ];
  const given = await giver.give('processing', much, { limits });
  expect(await giver.reportOf(given)).toMatchObject(failure('payloadBytes', 413));
  const small = await giver.give('processing', little, { limits });
  expect(await giver.reportOf(small)).toMatchObject({ outcome: 'completed', output: 'x' });
});

it('what is heavy and within its limits gives what it should, and says what is wrong with its arguments', async () => {
  const values = numbers(20_000);
  const [sum, bad] = [
    await giver.give('analysis', { values }),
    await giver.give('analysis', { values: [...values, 'x'] }),
  ];
  expect(await giver.reportOf(sum)).toMatchObject({ outcome: 'completed', output: { count: 20_000, max: 19_999 } });
  expect(await giver.reportOf(bad)).toMatchObject({ outcome: 'failed', error: { status: 400, retryable: false } });
  // As JSON text, since an object with `then` could be taken for a promise.
  const rules = JSON.parse(`[{"when":{"value":1,"op":"in","than":${JSON.stringify(values)}},"then":"in"}]`) as unknown;
  const ruled = await giver.give('decision', { rules });
  expect(await giver.reportOf(ruled)).toMatchObject({ output: { decision: 'in', matched: 0 } });
});

it('the description of an API that takes too long to read fails its step, and nothing waits for it', async () => {
  const paths = numbers(20_000).map((n) => `  /p${n}:\n    get:\n      operationId: op${n}\n      responses: {}\n`);
  const site = createServer((_, response) => response.end(`openapi: 3.0.0\npaths:\n${paths.join('')}`));
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
  const args = { document: { endpoint }, operationId: 'op1' };
  const id = await giver.give('action', args, { call: 'openapi' });
  expect(await giver.reportOf(id)).toMatchObject({ outcome: 'failed', error: { status: 422, retryable: false } });
  await new Promise((resolve) => site.close(resolve));
});
