import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { waitFor } from '@scm/testing';
import { startWholeMesh, type WholeMesh } from './whole-mesh.js';

let scm: WholeMesh;
let token: string;

beforeAll(async () => {
  // Nobody does actions here, so whatever is more than the workers are given at first waits.
  scm = await startWholeMesh({ SCM_MAX_QUEUED_PER_WORKSPACE: '5', SCM_CAPABILITIES: 'decision' });
  token = await scm.login();
}, 60_000);

afterAll(async () => {
  await scm?.stop();
}, 30_000);

const post = (path: string, body: object) =>
  scm.call('POST', `/api/v1/${path}`, { token, body, headers: { 'idempotency-key': randomUUID() } });

it('refuses starts with 429 and Retry-After when too much of the workspace waits, and says why the others do', async () => {
  const document = { dsl: '1.0.3', namespace: 'e2e', name: 'waiting', version: '1.0.0' };
  const visit = { call: 'http', with: { method: 'get', endpoint: 'https://example.org' } };
  await post('workflows', { document: { document, do: [{ visit }] } });
  const ids: string[] = [];
  const refused = await waitFor(
    async () => {
      const answer = await post('workflows/waiting/executions', { priority: 2 });
      if (answer.status === 202) ids.push(String(answer.body.executionId));
      return answer.status === 202 ? undefined : answer;
    },
    { timeoutMs: 30_000, everyMs: 20 },
  );
  expect([refused.status, refused.headers.get('retry-after'), refused.body.code]).toEqual([
    429,
    '5',
    'RESOURCE_EXHAUSTED',
  ]);
  const { body } = await scm.call('GET', `/api/v1/executions/${ids.at(-1)}/why`, { token });
  const [reason] = body.reasons as unknown as { waits: string; detail: string }[];
  expect(reason).toMatchObject({
    waits: 'queue',
    detail: expect.stringMatching(/^priority 2 in the queue of action steps/),
  });
  await Promise.all(ids.map((id) => scm.call('POST', `/api/v1/executions/${id}/cancel`, { token, body: {} })));
  const left = await scm.mesh.database.query(`select 1 from workflow.admissions`);
  expect(left).toEqual([]);
});

it('names the priority that is none', async () => {
  const { status, body } = await post('workflows/waiting/executions', { priority: 6 });
  expect([status, body.code, JSON.stringify(body)]).toEqual([
    400,
    'INVALID_ARGUMENT',
    expect.stringContaining('priority'),
  ]);
});
