import { expect, it } from '@jest/globals';
import type { StepTask } from '@scm/contracts';
import type { EgressClient, EgressRequest } from '@scm/egress';
import type { MessagingClient } from '@scm/messaging';
import { Threads } from '../computing/threads.js';
import { SqlAction } from '../sql/sql.action.js';
import { SqlDatabases } from '../sql/sql-databases.js';
import { WorkerConfig } from '../worker.config.js';
import { ActionStep } from './action.step.js';
import type { ReportSender } from './report.sender.js';
import { StepRunner } from './step.runner.js';

const task: StepTask = {
  executionId: 'e',
  workspaceId: 'w',
  workflow: 'flow',
  step: 1,
  reference: '/do/0/one',
  name: 'one',
  call: 'http',
  capability: 'action',
  attempt: 1,
  key: 'k',
  with: { method: 'get', endpoint: 'https://example.org/slow' },
  timeoutMs: 90_000,
  startedBy: 'user:u',
};

it('gives a request as much time as the step has', async () => {
  const sent: EgressRequest[] = [];
  const messaging = { request: async () => ({ state: 'open' }) } as unknown as MessagingClient;
  const reports = { send: async () => ({ result: 'accepted' }) } as unknown as ReportSender;
  const egress = {
    send: async (request: EgressRequest) => {
      sent.push(request);
      return { status: 200, headers: {}, body: Buffer.from('done'), truncated: false };
    },
  } as unknown as EgressClient;
  const config = new WorkerConfig();
  const sql = new SqlAction(new SqlDatabases(config));
  const runner = new StepRunner(messaging, reports);
  const step = new ActionStep(runner, messaging, egress, new Threads(config), sql, config);
  const { signal } = new AbortController();
  await step.run(task, { delivery: 1, signal, draining: signal });
  await step.run(
    { ...task, call: 'action', with: { http: { url: 'https://example.org' } } },
    {
      delivery: 1,
      signal,
      draining: signal,
    },
  );
  expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([90_000, 90_000]);
});
