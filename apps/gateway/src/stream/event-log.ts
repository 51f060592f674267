import { Injectable } from '@nestjs/common';
import {
  DeliverPolicy,
  jetstream,
  jetstreamManager,
  type Consumer,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { Inject } from '@nestjs/common';
import type { StreamDeclaration } from '@scm/contracts';
import { EPOCH_KEY } from '@scm/messaging';
import { NATS, type Nats } from '@scm/service';
import type { Channel, ChannelSource } from './channels.js';

/** One stored event of a channel. */
export interface LoggedEvent {
  seq: number;
  subject: string;
  /** Unix milliseconds. */
  ts: number;
  /** The payload as JSON text. */
  json: string;
}

export interface StreamBounds {
  epoch: string;
  first: number;
  last: number;
}

/** Where to begin following a stream. */
export type Position = { after: number } | { sinceMs: number };

const BATCH = 256;
/** Clients that are far behind read at once; the others wait, so that many of them do not hold up NATS. */
const READERS = 16;
/** So soon a consumer that NATS has lost is missed. */
const FOLLOW = { max_messages: 1_000, expires: 5_000, idle_heartbeat: 1_000, abort_on_missing_resource: true } as const;
const FRESH_MS = 500;

/** Reads what the event streams hold: the truth behind every channel, the same for each replica of the gateway. */
@Injectable()
export class EventLog {
  private jsm?: Promise<JetStreamManager>;
  private readonly readers = new Turns(READERS);
  private readonly bounds = new Map<string, { at: number; value: Promise<StreamBounds> }>();

  constructor(@Inject(NATS) private readonly nc: Nats) {}

  /** At most half a second old, unless `fresh`. */
  async boundsOf(stream: StreamDeclaration, fresh = false): Promise<StreamBounds> {
    const known = this.bounds.get(stream.name);
    if (known && !fresh && Date.now() - known.at < FRESH_MS) return known.value;
    const value = this.readBounds(stream);
    value.catch(() => this.bounds.delete(stream.name));
    this.bounds.set(stream.name, { at: Date.now(), value });
    return value;
  }

  /** The sequence number of the channel's newest event, 0 when it has none. */
  async headOf({ source }: Channel): Promise<number> {
    if (!source) return 0;
    const jsm = await this.manager();
    const found = await jsm.streams.getMessage(source.stream.name, { last_by_subj: source.filter });
    return found?.seq ?? 0;
  }

  /** The channel's events after `after`, up to `upTo`, oldest first, as they come from NATS. */
  async *read(channel: Channel, after: number, upTo: number, signal: AbortSignal): AsyncGenerator<LoggedEvent[]> {
    if (!channel.source || after >= upTo) return;
    await this.readers.take();
    try {
      if (!signal.aborted) yield* this.readInTurn(channel.source, after, upTo, signal);
    } finally {
      this.readers.giveBack();
    }
  }

  /** Every event of a stream from a position on; ends or throws when NATS loses the consumer or the signal aborts. */
  async *follow(stream: StreamDeclaration, from: Position, signal: AbortSignal): AsyncGenerator<LoggedEvent> {
    const start =
      'after' in from
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from.after + 1 }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(from.sinceMs).toISOString() };
    const consumer = await jetstream(this.nc).consumers.get(stream.name, start);
    const messages = await consumer.consume(FOLLOW);
    const close = () => void messages.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for await (const msg of messages) yield toEvent(msg);
    } finally {
      signal.removeEventListener('abort', close);
      forget(consumer);
    }
  }

  private async *readInTurn(
    { stream, filter }: ChannelSource,
    after: number,
    upTo: number,
    signal: AbortSignal,
  ): AsyncGenerator<LoggedEvent[]> {
    const consumer = await jetstream(this.nc).consumers.get(stream.name, {
      filter_subjects: filter,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
    });
    try {
      let { num_pending: pending } = await consumer.info(true);
      while (pending > 0 && !signal.aborted) {
        const events: LoggedEvent[] = [];
        const wanted = Math.min(BATCH, pending);
        for await (const msg of await consumer.fetch({ max_messages: wanted, expires: 1_000 })) {
          events.push(toEvent(msg));
          pending = msg.info.pending;
        }
        yield events.filter(({ seq }) => seq <= upTo);
        if ((events.at(-1)?.seq ?? 0) >= upTo) return;
        // Nothing came: it has expired meanwhile, or NATS is slow.
        if (events.length === 0) pending = (await consumer.info()).num_pending;
      }
    } finally {
      forget(consumer);
    }
  }

  private async readBounds(stream: StreamDeclaration): Promise<StreamBounds> {
    const jsm = await this.manager();
    const { state, config } = await jsm.streams.info(stream.name);
    return { epoch: config.metadata?.[EPOCH_KEY] ?? '', first: state.first_seq, last: state.last_seq };
  }

  private async manager(): Promise<JetStreamManager> {
    this.jsm ??= jetstreamManager(this.nc, { timeout: 3_000, checkAPI: false });
    return this.jsm;
  }
}

/** Lets so many go on at once, the others in the order they came. */
class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  giveBack(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}

function toEvent(msg: JsMsg): LoggedEvent {
  return { seq: msg.seq, subject: msg.subject, ts: msg.time.getTime(), json: msg.string() };
}

/** Without this NATS would keep the consumer for five more minutes. */
function forget(consumer: Consumer): void {
  void consumer.delete().catch(() => undefined);
}
