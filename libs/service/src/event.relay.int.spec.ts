import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { streams } from '@scm/contracts';
import { startMesh, waitFor, type TestMesh, type TestService } from '@scm/testing';

let mesh: TestMesh;
let service: TestService;
let nc: NatsConnection;

beforeAll(async () => {
  mesh = await startMesh();
  service = await mesh.start('metrics-ingest', { SCM_HOST_COLLECTOR: 'false' });
  nc = await connect({
    servers: `127.0.0.1:${mesh.nats.port}`,
    token: 'test',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  });
});

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
});

describe('the relay', () => {
  it('gives a stream that NATS has lost a new epoch, also when Postgres was away at that moment', async () => {
    const { frames } = streams;
    await mesh.database.query('alter table metrics.event_streams rename to hidden');
    await mesh.nats.restart();
    await waitFor(() => service.log().includes('events wait: '), { what: 'the relay to look in vain' });
    await mesh.database.query('alter table metrics.hidden rename to event_streams');
    const epoch = await waitFor(
      async () => (await (await jetstreamManager(nc)).streams.info(frames.name)).config.metadata?.['scm.epoch'],
      { what: 'the stream with its epoch' },
    );
    const [mark] = await mesh.database.query<{ epoch: string }>(
      `select epoch from metrics.event_streams where name = $1`,
      [frames.name],
    );
    expect(mark?.epoch).toBe(epoch);
  });
});
