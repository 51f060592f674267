import {
  AckPolicy,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  DiscardPolicy,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import {
  allTasks,
  consumerName,
  streamOf,
  streams,
  subscriptions,
  type ServiceName,
  type StreamDeclaration,
  type Subscription,
  type TaskContract,
} from '@scm/contracts';

/** Creates the streams a service owns, and on them the durable consumers of every reader. Repeating it changes nothing. */
export async function ensureStreams(nc: NatsConnection, owner: ServiceName): Promise<void> {
  const owned = Object.values<StreamDeclaration>(streams).filter((stream) => stream.owner === owner);
  if (owned.length === 0) return;
  const jsm = await jetstreamManager(nc, { timeout: 5_000 });
  for (const stream of owned) {
    await ensureStream(jsm, stream);
    for (const reader of readersOf(stream)) await ensureConsumer(jsm, stream, reader);
  }
}

/** The key of a stream's metadata under which its owner writes the epoch. */
export const EPOCH_KEY = 'scm.epoch';

async function ensureStream(jsm: JetStreamManager, stream: StreamDeclaration): Promise<void> {
  const config = {
    subjects: [...stream.subjects],
    max_bytes: stream.maxBytes,
    max_age: nanos(stream.maxAgeMs),
    ...(stream.maxMessagesPerSubject && { max_msgs_per_subject: stream.maxMessagesPerSubject }),
  };
  const fixed = {
    name: stream.name,
    retention: stream.retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    storage: stream.storage === 'memory' ? StorageType.Memory : StorageType.File,
    discard: stream.retention === 'workqueue' ? DiscardPolicy.New : DiscardPolicy.Old,
    duplicate_window: nanos(120_000),
  };
  const known = await jsm.streams.info(stream.name).catch(() => undefined);
  if (known) await jsm.streams.update(stream.name, { ...known.config, ...config });
  else await jsm.streams.add({ ...fixed, ...config });
}

async function ensureConsumer(
  jsm: JetStreamManager,
  stream: StreamDeclaration,
  reader: TaskContract | Subscription,
): Promise<void> {
  const durable = consumerName(reader);
  const known = await jsm.consumers.info(stream.name, durable).catch(() => undefined);
  if (known) return;
  await jsm.consumers.add(stream.name, {
    durable_name: durable,
    filter_subject: `${reader.kind === 'task' ? reader.subject : reader.event.subject}.>`,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(reader.ackWaitMs),
    max_ack_pending: 10_000,
  });
}

function readersOf(stream: StreamDeclaration): (TaskContract | Subscription)[] {
  const readers = Object.values<Subscription>(subscriptions).filter((s) => streamOf(s.event.subject) === stream);
  return [...readers, ...allTasks.filter((task) => streamOf(task.subject) === stream)];
}

/** Where a stream ends, and the epoch written on it. */
export async function readStreamEnd(
  nc: NatsConnection,
  stream: StreamDeclaration,
): Promise<{ lastSeq: number; epoch?: string }> {
  const jsm = await jetstreamManager(nc, { timeout: 5_000, checkAPI: false });
  const info = await jsm.streams.info(stream.name);
  return { lastSeq: info.state.last_seq, epoch: info.config.metadata?.[EPOCH_KEY] };
}

/** Writes the epoch where the stream's readers find it. */
export async function setStreamEpoch(nc: NatsConnection, stream: StreamDeclaration, epoch: string): Promise<void> {
  const jsm = await jetstreamManager(nc, { timeout: 5_000, checkAPI: false });
  const { config } = await jsm.streams.info(stream.name);
  await jsm.streams.update(stream.name, { ...config, metadata: { ...config.metadata, [EPOCH_KEY]: epoch } });
}
