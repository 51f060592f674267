import { randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { StepApi, StepTasks, type Capability, type StepReport, type StepReports, type StepTask } from '@scm/contracts';
import { connectNats, ensureStreams, MessagingClient } from '@scm/messaging';
import { ContextSigner } from '@scm/policy';
import { startMesh, waitFor } from '@scm/testing';

export type TaskGiver = Awaited<ReturnType<typeof startTaskGiver>>;

/** The first step of an execution of its own. */
export function taskOf(capability: Capability, args: Record<string, unknown>, more: Partial<StepTask> = {}): StepTask {
  return {
    executionId: randomUUID(),
    workspaceId: randomUUID(),
    workflow: 'flow',
    step: 1,
    call: capability,
    reference: '/do/0/one',
    name: 'one',
    capability,
    attempt: 1,
    key: randomUUID(),
    with: args,
    timeoutMs: 60_000,
    startedBy: 'user:u1',
    ...more,
  };
}

/** The orchestrator's side for workers under test, over plain NATS: it gives tasks, and takes every report. */
export async function startTaskGiver() {
  const mesh = await startMesh();
  const nc = await connectNats(mesh.nats.url, 'test');
  const jsm = await jetstreamManager(nc);
  const client = new MessagingClient(nc, new ContextSigner(mesh.contextKey('workflow-orchestrator')));
  await ensureStreams(nc, 'workflow-orchestrator');
  const reports: StepReport[] = [];
  nc.subscribe(StepApi.report.subject, {
    callback: (_error, msg) => {
      const { reports: given } = msg.json<StepReports>();
      reports.push(...given);
      msg.respond(JSON.stringify({ replies: given.map(() => ({ result: 'accepted' })) }));
    },
  });
  nc.subscribe(StepApi.claim.subject, { callback: (_error, msg) => void msg.respond('{"state":"open"}') });
  return {
    mesh,
    /** In the order in which they came. */
    reports,
    /** Gives a task; its id tells its report. */
    async give(capability: Capability, args: Record<string, unknown>, more: Partial<StepTask> = {}): Promise<string> {
      const task = taskOf(capability, args, more);
      const { executionId } = task;
      await client.enqueue(StepTasks[capability], [executionId, '1'], task, { id: executionId });
      return executionId;
    },
    reportOf: (id: string): Promise<StepReport> =>
      waitFor(() => reports.find(({ executionId }) => executionId === id), {
        timeoutMs: 30_000,
        what: `${id} to be reported`,
      }),
    /** Tasks that are stored, taken by a worker or not. */
    stored: async () => (await jsm.streams.info('TASKS')).state.messages,
    async stop(): Promise<void> {
      await nc.close();
      await mesh.stop();
    },
  };
}
