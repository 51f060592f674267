import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { AuthApi, type AuditBatch } from '@scm/contracts';
import { startMesh, waitFor, type TestMesh, type TestService } from '@scm/testing';

const SLOW_MS = 1_500;

let mesh: TestMesh;
let gateway: TestService;
let nc: NatsConnection;
const collected = new Set<string>();

beforeAll(async () => {
  mesh = await startMesh();
  nc = await connect({ servers: `127.0.0.1:${mesh.nats.port}`, token: 'test' });
  // Stands for an auth that is slow to answer.
  nc.subscribe(AuthApi.collectAudit.subject, {
    callback: (_error, msg) => {
      for (const { id } of msg.json<AuditBatch>().entries) collected.add(id);
      setTimeout(() => msg.respond('{}'), SLOW_MS);
    },
  });
  gateway = await mesh.start('gateway', { SCM_PORT: '0' });
});

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
});

describe('the record of denials', () => {
  it('is complete also while auth is slow', async () => {
    const end = Date.now() + 4 * SLOW_MS;
    let refused = 0;
    await waitFor(
      async () => {
        const { status } = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/auth/me`);
        if (status === 401) refused++;
        return Date.now() > end;
      },
      { everyMs: 50 },
    );
    await waitFor(() => collected.size >= refused, { what: `${refused} rows` });
    expect(collected.size).toBe(refused);
  });
});
