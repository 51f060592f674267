import { JetStreamApiError, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { consumerName, keyedSubject, streamOf, type TaskContract } from '@scm/contracts';

const MESSAGE_NOT_FOUND = 10_037;
const STREAM_NOT_FOUND = 10_059;
const CONSUMER_NOT_FOUND = 10_014;

/** What the owner of a work queue can see and take back of the tasks it enqueued. */
export class TaskQueue {
  private jsm?: Promise<JetStreamManager>;

  constructor(private readonly nc: NatsConnection) {}

  /** The newest stored task of that key, taken by a worker or not; undefined when there is none (any more). */
  async newest<P extends object>(contract: TaskContract<P>, keys: readonly string[]): Promise<P | undefined> {
    return this.unlessMissing([MESSAGE_NOT_FOUND, STREAM_NOT_FOUND], async (jsm) => {
      const query = { last_by_subj: keyedSubject(contract, keys) };
      return (await jsm.streams.getMessage(streamOf(contract.subject).name, query))?.json<P>();
    });
  }

  /** Removes the stored tasks of that key; a worker that has one goes on. */
  async withdraw(contract: TaskContract, keys: readonly string[]): Promise<void> {
    await this.unlessMissing([STREAM_NOT_FOUND], (jsm) =>
      jsm.streams.purge(streamOf(contract.subject).name, { filter: keyedSubject(contract, keys) }),
    );
  }

  /** How many tasks lie ready, are with workers and not confirmed, and were given out since the consumer was made. */
  async load(contract: TaskContract): Promise<{ ready: number; inFlight: number; delivered: number }> {
    const info = await this.unlessMissing([STREAM_NOT_FOUND, CONSUMER_NOT_FOUND], (jsm) =>
      jsm.consumers.info(streamOf(contract.subject).name, consumerName(contract)),
    );
    if (!info) return { ready: 0, inFlight: 0, delivered: 0 };
    return { ready: info.num_pending, inFlight: info.num_ack_pending, delivered: info.delivered.consumer_seq };
  }

  private async unlessMissing<T>(
    codes: readonly number[],
    ask: (jsm: JetStreamManager) => Promise<T>,
  ): Promise<T | undefined> {
    this.jsm ??= jetstreamManager(this.nc, { timeout: 2_000, checkAPI: false });
    try {
      return await ask(await this.jsm);
    } catch (error) {
      if (error instanceof JetStreamApiError && codes.includes(error.code)) return undefined;
      throw error;
    }
  }
}
