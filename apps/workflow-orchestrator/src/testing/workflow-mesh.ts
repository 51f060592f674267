import { randomUUID } from 'node:crypto';
import {
  AlertApi,
  ExecutionApi,
  MetricsApi,
  NotifyApi,
  WorkflowApi,
  type Actor,
  type Execution,
  type HistoryEvent,
  type Role,
  type RpcContract,
} from '@scm/contracts';
import { connectNats, header, MessagingClient } from '@scm/messaging';
import { ContextSigner, ContextVerifier } from '@scm/policy';
import { startMesh, waitFor } from '@scm/testing';

export interface Received {
  subject: string;
  body: Record<string, unknown>;
  actor: Actor;
  idempotencyKey?: string;
  traceparent: string;
}

export type WorkflowMesh = Awaited<ReturnType<typeof startWorkflowMesh>>;

/** The door of the built orchestrator for a suite: calls as people and as workers. */
export async function startWorkflowMesh() {
  const mesh = await startMesh();
  const nc = await connectNats(mesh.nats.url, 'test');
  const people = new MessagingClient(nc, new ContextSigner(mesh.contextKey('gateway')));
  const workers = new MessagingClient(nc, new ContextSigner(mesh.contextKey('step-workers')));
  const user = (workspaceId: string, role: Role = 'operator'): Actor => ({
    kind: 'user',
    id: 'u1',
    name: 'ada',
    workspaceId,
    role,
    sessionId: 's1',
  });
  const call = <Req extends object, Res extends object>(
    workspaceId: string,
    contract: RpcContract<Req, Res>,
    request: Req,
    options: { role?: Role; idempotencyKey?: string } = {},
  ): Promise<Res> =>
    people.request(contract, request, {
      as: user(workspaceId, options.role),
      idempotencyKey: options.idempotencyKey,
      timeoutMs: 10_000,
    });
  const get = (workspaceId: string, id: string): Promise<Execution> => call(workspaceId, ExecutionApi.get, { id });
  return {
    mesh,
    nc,
    people,
    workers,
    call,
    get,
    async define(workspaceId: string, document: unknown): Promise<void> {
      await call(workspaceId, WorkflowApi.create, { document });
    },
    async start(workspaceId: string, workflow: string, input?: Record<string, unknown>): Promise<string> {
      const options = { idempotencyKey: randomUUID() };
      const request = { workflow, ...(input && { input }) };
      // As a client does: the same key until there is an answer.
      const { executionId } = await waitFor(() => call(workspaceId, ExecutionApi.start, request, options), {
        timeoutMs: 20_000,
      });
      return executionId;
    },
    async ended(workspaceId: string, id: string, timeoutMs = 20_000): Promise<Execution> {
      return waitFor(
        async () => {
          const execution = await get(workspaceId, id);
          return execution.endedAt ? execution : undefined;
        },
        { timeoutMs, everyMs: 50, what: `${id} to end` },
      );
    },
    async history(workspaceId: string, id: string): Promise<HistoryEvent[]> {
      return (await call(workspaceId, ExecutionApi.history, { id, limit: 200 })).items;
    },
    async stop(): Promise<void> {
      await nc.close();
      await mesh.stop();
    },
  };
}

/** Answers for the notifier and metrics-ingest over plain NATS, and keeps what was asked. */
export function answerForOthers({ mesh, nc }: Pick<WorkflowMesh, 'mesh' | 'nc'>): Received[] {
  const received: Received[] = [];
  const verifier = new ContextVerifier(mesh.contextPublicKeys);
  const answer = (contract: RpcContract, reply: (body: Record<string, unknown>) => object): void => {
    nc.subscribe(contract.subject, {
      callback: (error, msg) => {
        if (error) throw error;
        const body = msg.json<Record<string, unknown>>();
        void verifier.verify(msg.headers?.get(header.context) ?? '').then((actor) => {
          const idempotencyKey = msg.headers?.get(header.idempotencyKey) || undefined;
          const traceparent = msg.headers?.get('traceparent') ?? '';
          received.push({ subject: contract.subject, body, actor, idempotencyKey, traceparent });
          msg.respond(JSON.stringify(reply(body)));
        });
      },
    });
  };
  answer(NotifyApi.send, () => ({ id: randomUUID() }));
  answer(AlertApi.acknowledge, ({ id }) => ({ id, state: 'firing', acknowledgedBy: 'step-workers' }));
  answer(MetricsApi.queryRange, ({ end }) => {
    const values = [0.2, 0.5, 0.95].map((value, i) => [Number(end) - 20 + i * 10, String(value)]);
    return { data: { resultType: 'matrix', result: [{ metric: { host: 'a' }, values }] } };
  });
  return received;
}

/** One whole `processing` step that gives its input on. */
export function stepOf(name: string, task: object = {}): object {
  return { [name]: { call: 'processing', with: { operations: [] }, ...task } };
}

export function documentOf(name: string, steps: object[], more: object = {}): object {
  return { document: { dsl: '1.0.3', namespace: 'test', name, version: '1.0.0' }, do: steps, ...more };
}
