import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { MetricsEvents, streams, SystemApi, type AlertTransition, type ReplicaStatus } from '@scm/contracts';
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

  it('agrees with another replica on the epoch of a stream that both find lost', async () => {
    const other = await mesh.start('metrics-ingest', { SCM_HOST_COLLECTOR: 'false' });
    const begun = () => [service, other].flatMap((one) => one.log().match(/METRIC_FRAMES begins epoch [\w-]+/g) ?? []);
    const before = begun().length;
    const meeting = mesh.database.query(untilBothWait);
    await mesh.nats.restart();
    await meeting;
    await waitFor(async () => (await replicasOnJetStream()) === 2, { what: 'both replicas to be back' });
    await waitFor(() => begun().length > before, { what: 'a new epoch' });
    expect(begun().length).toBe(before + 1);
    const { config } = await (await jetstreamManager(nc)).streams.info(streams.frames.name);
    const [mark] = await mesh.database.query<{ epoch: string }>(
      `select epoch from metrics.event_streams where name = $1`,
      [streams.frames.name],
    );
    expect(config.metadata?.['scm.epoch']).toBe(mark?.epoch);
    await other.stop();
  });

  it('publishes again what a stream has lost of the events that services read durably, and nothing twice else', async () => {
    const { name } = streams.metrics;
    const seqs = async () => (await published()).map(({ published_seq: seq }) => Number(seq));
    await owe('first');
    await waitFor(async () => (await seqs()).every((seq) => seq > 0) && (await seqs()).length === 1);
    const jsm = await jetstreamManager(nc);
    await jsm.streams.delete(name);
    await owe('second');
    await mesh.nats.restart();
    const texts = await waitFor(async () => {
      const found = await storedIn(name);
      return found.length === 2 && found;
    });
    expect(texts).toEqual(['first', 'second']);
    expect((await published()).map(({ id }) => id)).toHaveLength(2);
    await mesh.nats.restart();
    await waitFor(async () => (await replicasOnJetStream()) === 1, { what: 'the replica to be back' });
    expect(await storedIn(name)).toEqual(['first', 'second']);
  });
});

/** Keeps the marks from everyone until both replicas are about to look at them. */
const untilBothWait = `do $$ begin
  lock table metrics.event_streams in access exclusive mode;
  for i in 1..600 loop
    perform pg_stat_clear_snapshot();
    exit when (select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()) >= 2;
    perform pg_sleep(0.05);
  end loop;
end $$`;

/** How many replicas say that JetStream answers them. */
async function replicasOnJetStream(): Promise<number> {
  const answers = await nc.requestMany(SystemApi.status.subject, '{}', {
    maxWait: 1_000,
    strategy: 'stall',
    stall: 200,
  });
  let count = 0;
  for await (const msg of answers) if (msg.json<ReplicaStatus>().checks.jetstream === 'ok') count++;
  return count;
}

/** As a transaction of the service would. */
async function owe(alertName: string): Promise<void> {
  const workspaceId = randomUUID();
  const ids = { alertId: randomUUID(), ruleId: randomUUID(), workspaceId, fingerprint: 'f' };
  const payload = { ...ids, alertName, labels: {}, annotations: {}, value: 1, startsAt: new Date().toISOString() };
  await mesh.database.query(
    `insert into metrics.event_outbox (workspace_id, id, subject, keys, payload) values ($1, $2, $3, $4, $5)`,
    [workspaceId, randomUUID(), MetricsEvents.alertFired.subject, [workspaceId], JSON.stringify(payload)],
  );
}

const published = () =>
  mesh.database.query<{ id: string; published_seq: string | null }>(
    `select id, published_seq from metrics.event_outbox order by position`,
  );

/** The names of the alerts that a stream holds, in order. */
async function storedIn(stream: string): Promise<string[]> {
  const jsm = await jetstreamManager(nc);
  const { state } = await jsm.streams.info(stream);
  const names: string[] = [];
  for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq++) {
    const message = await jsm.streams.getMessage(stream, { seq });
    names.push(message?.json<AlertTransition>().alertName ?? '');
  }
  return names;
}
