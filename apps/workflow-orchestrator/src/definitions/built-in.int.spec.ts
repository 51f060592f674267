import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ControlApi, ExecutionApi, WorkflowApi } from '@scm/contracts';
import { connectNats, MessagingClient } from '@scm/messaging';
import { ContextSigner } from '@scm/policy';
import { serviceActor } from '@scm/service';
import { startWorkflowMesh, type WorkflowMesh } from '../testing/workflow-mesh.js';

const workspace = randomUUID();
const request = { id: randomUUID(), workflow: 'mcp-tool-call' } as const;

let door: WorkflowMesh;

beforeAll(async () => {
  door = await startWorkflowMesh();
  await door.mesh.start('workflow-orchestrator');
}, 60_000);

afterAll(() => door?.stop());

it('is started by services alone, once for each id, and hidden among what people define', async () => {
  const nc = await connectNats(door.mesh.nats.url, 'starter');
  const services = new MessagingClient(nc, new ContextSigner(door.mesh.contextKey('mcp-protocol')));
  const as = serviceActor('mcp-protocol', workspace, 'user:u1');
  for (let i = 0; i < 2; i++) {
    const started = await services.request(ExecutionApi.startBuiltIn, request, { as });
    expect(started).toMatchObject({ executionId: request.id, workflow: 'mcp-tool-call', version: 'built-in' });
  }
  await nc.close();
  expect(await door.get(workspace, request.id)).toMatchObject({ status: 'running', startedBy: 'user:u1' });
  const refused = door.call(workspace, ExecutionApi.startBuiltIn, { ...request, id: randomUUID() }, { role: 'admin' });
  await expect(refused).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  expect((await door.call(workspace, WorkflowApi.list, {})).items).toEqual([]);
});

it('is controlled like any other', async () => {
  await door.call(workspace, ControlApi.pause, { id: request.id });
  const cancelled = await door.call(workspace, ExecutionApi.cancel, { id: request.id });
  expect(cancelled.status).toBe('cancelled');
});
