import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { SpanKind } from '@opentelemetry/api';
import { jetstream, type Consumer, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { consumerName, decode, ServiceError, streamOf, type Subscription, type TaskContract } from '@scm/contracts';
import type { DeliveryInfo } from './decorators.js';
import { toServiceError } from './codec.js';
import { Slots } from './slots.js';
import { extractTrace, traced } from './trace.js';

/** A durable message that cannot be handled, with why. */
export interface DeadLetter {
  subject: string;
  reason: string;
  /** The message as text, cut to 64 KiB. */
  payload: string;
  deliveries: number;
}

export interface DurableReaderOptions {
  nc: NatsConnection;
  /** Messages handled at once. */
  slots: number;
  /** How many slots a message takes; 1 unless said. */
  costOf?: (payload: object) => number;
  /** Aborts when no more messages shall be taken. */
  draining: AbortSignal;
  /** Aborts when running handlers shall end. */
  signal: AbortSignal;
  deadLetter: (letter: DeadLetter) => Promise<void>;
  onBug: (error: unknown, subject: string) => void;
}

type Source = TaskContract | Subscription;
type Handle = (payload: object, info: DeliveryInfo) => Promise<unknown>;

const PULL_MS = 5_000;
const TASK_RETRY_MS = 1_000;
/** Another reader may have room at once, and this one was asked for too much. */
const HAND_BACK_MS = 200;

/**
 * Handles the messages of one durable consumer, `slots` at a time. It asks for as many as it has free slots, so that no
 * message waits here while its acknowledgement clock runs.
 */
export class DurableReader {
  private readonly busy = new Set<Promise<void>>();
  private consumer?: Promise<Consumer>;
  private readonly slots: Slots;

  constructor(
    private readonly source: Source,
    private readonly handle: Handle,
    private readonly options: DurableReaderOptions,
  ) {
    this.slots = new Slots(options.slots);
    options.draining.addEventListener('abort', () => this.slots.close(), { once: true });
  }

  start(): void {
    void this.run().catch((error: unknown) => this.options.onBug(error, consumerName(this.source)));
  }

  /** Resolves when the running handlers have ended; `draining` must be aborted before. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.busy);
  }

  private async run(): Promise<void> {
    const { draining } = this.options;
    while (!draining.aborted) {
      await this.slots.vacant();
      // Slots that become free together are filled by one request.
      await nextTurn();
      if (this.slots.room > 0) await this.take(this.slots.room);
    }
  }

  /** The stream's owner creates the consumer; until it did, or while the server is away, ask again. */
  private async take(count: number): Promise<void> {
    const { draining } = this.options;
    try {
      this.consumer ??= this.open();
      const messages = await (await this.consumer).fetch({ max_messages: count, expires: PULL_MS });
      for await (const msg of messages) {
        if (draining.aborted) msg.nak();
        else this.begin(msg);
      }
    } catch {
      this.consumer = undefined;
      await sleep(200, undefined, { signal: draining }).catch(() => undefined);
    }
  }

  private begin(msg: JsMsg): void {
    const work = this.work(msg)
      .catch((error: unknown) => this.options.onBug(error, msg.subject))
      .finally(() => this.busy.delete(work));
    this.busy.add(work);
  }

  private async open(): Promise<Consumer> {
    const subject = this.source.kind === 'task' ? this.source.subject : this.source.event.subject;
    return jetstream(this.options.nc).consumers.get(streamOf(subject).name, consumerName(this.source));
  }

  private async work(msg: JsMsg): Promise<void> {
    const beat = setInterval(() => msg.working(), this.source.ackWaitMs / 3);
    let taken = 0;
    try {
      await traced(msg.subject, SpanKind.CONSUMER, extractTrace(msg.headers), async () => {
        const payload = decode(
          this.source.kind === 'task' ? this.source.payload : this.source.event.payload,
          msg.string(),
        );
        const { signal, draining, costOf = () => 1 } = this.options;
        taken = await this.slots.take(costOf(payload));
        if (taken > 0) await this.handle(payload, { delivery: msg.info.deliveryCount, signal, draining });
      });
    } catch (error) {
      // Its time is over: somebody else shall do what was not done.
      if (this.options.signal.aborted) return msg.nak();
      return await this.fail(msg, error);
    } finally {
      clearInterval(beat);
      this.slots.release(taken);
    }
    if (taken === 0) return msg.nak(HAND_BACK_MS);
    // The message is handled: when its acknowledgement is lost it comes again, and its handler knows it.
    msg.ack();
  }

  private async fail(msg: JsMsg, error: unknown): Promise<void> {
    const failure = toServiceError(error);
    if (failure.code === 'INTERNAL') this.options.onBug(error, msg.subject);
    const delayMs = this.retryAfterMs(msg, failure);
    if (delayMs !== undefined) {
      msg.nak(delayMs);
      return;
    }
    const reason = `${failure.code}: ${failure.message}`;
    const letter = {
      subject: msg.subject,
      reason,
      payload: msg.string().slice(0, 65_536),
      deliveries: msg.info.deliveryCount,
    };
    try {
      await this.options.deadLetter(letter);
    } catch (kept) {
      // Who keeps the letters is away: the message waits for that.
      if (toServiceError(kept).code === 'INTERNAL') throw kept;
      return msg.nak(TASK_RETRY_MS);
    }
    msg.term(reason);
  }

  /** Undefined: no further delivery can help. A task is tried until it is confirmed; its attempts are counted elsewhere. */
  private retryAfterMs(msg: JsMsg, failure: ServiceError): number | undefined {
    if (failure.code === 'INVALID_ARGUMENT') return undefined;
    if (this.source.kind === 'task') return TASK_RETRY_MS;
    const { backoffMs } = this.source;
    // The message is not at fault when something else is away: it waits for that, however long it takes.
    const isAway = failure.code === 'UNAVAILABLE' || failure.code === 'DEADLINE_EXCEEDED';
    return backoffMs[msg.info.deliveryCount - 1] ?? (isAway ? backoffMs.at(-1) : undefined);
  }
}
