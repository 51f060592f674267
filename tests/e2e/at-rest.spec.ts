import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { startProduct, waitFor, type TestProduct } from '@scm/testing';
import { Client } from 'pg';

jest.setTimeout(120_000);

const CANARY = 'canary8c1f2e';
/** Stands in a document, and documents are not sealed. */
const NAME = 'plain5d20aa';

let product: TestProduct;

beforeAll(async () => {
  product = await startProduct();
}, 180_000);

afterAll(() => product?.stop(), 60_000);

interface Execution {
  status: string;
  endedAt?: string;
  input: { $payload?: { id: string } };
  output?: unknown;
  steps: { step?: number; waits?: string }[];
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const { gatewayUrl, apiKey } = product.run;
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const answer = await fetch(`${gatewayUrl}/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}

/** Files below the data folder that hold a text. */
async function filesWith(text: string): Promise<string[]> {
  const found = promisify(execFile)('grep', ['-rlaF', text, product.run.dataDir]);
  return (await found.catch(({ stdout }: { stdout: string }) => ({ stdout }))).stdout.split('\n').filter(Boolean);
}

it('keeps what executions get and give out of every file but sealed', async () => {
  const document = { dsl: '1.0.3', namespace: 'spec', name: NAME, version: '1.0.0' };
  const tasks = [
    {
      keep: {
        call: 'processing',
        with: { operations: [] },
        metadata: { scm: { compensate: { set: { undone: true } } } },
      },
    },
    { told: { emit: { event: { with: { source: 'urn:spec', type: 'spec.told', data: '${ .word }' } } } } },
    { ask: { set: '${ . }', metadata: { scm: { approval: {} } } } },
    { wait: { listen: { to: { one: { with: { type: 'scm.signal.go' } } } } } },
    { fail: { call: 'processing', with: { source: [1], operations: [{ nothing: '${ .[0].word }' }] } } },
  ];
  await call('POST', 'workflows', { document: { document, do: tasks } });
  const inputs = [{ word: CANARY }, { word: CANARY, much: `${CANARY} `.repeat(8_000) }];
  for (const input of inputs) {
    const { executionId } = await call<{ executionId: string }>('POST', `workflows/${NAME}/executions`, { input });
    const waitsFor = (what: string) =>
      waitFor(
        async () => {
          const { steps } = await call<Execution>('GET', `executions/${executionId}`);
          return steps.find(({ waits }) => waits === what)?.step;
        },
        { timeoutMs: 20_000, what },
      );
    const step = await waitsFor('approval');
    const form = { note: CANARY };
    await call('POST', `executions/${executionId}/steps/${step}/approve`, { approved: true, form });
    await waitsFor('event');
    await call('POST', `executions/${executionId}/signals/go`, { data: { word: CANARY } });
    const ended = await waitFor(
      async () => {
        const execution = await call<Execution>('GET', `executions/${executionId}`);
        return execution.endedAt !== undefined && execution;
      },
      { timeoutMs: 20_000 },
    );
    expect(JSON.stringify(ended)).toContain(CANARY);
    if ('much' in input) {
      const payload = `executions/${executionId}/payloads/${ended.input.$payload?.id}`;
      expect(await call('GET', payload)).toEqual({ value: input });
    }
  }
  const client = new Client({ connectionString: product.run.postgresUrl });
  await client.connect();
  await client.query('checkpoint');
  await client.end();
  const plain = await filesWith(NAME);
  expect(plain.filter((file) => file.includes('/postgres/'))).not.toEqual([]);
  expect(await filesWith(CANARY)).toEqual([]);
});
