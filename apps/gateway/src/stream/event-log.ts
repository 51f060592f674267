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
import type { Channel } from './channels.js';

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
/** So soon a consumer that NATS has lost is missed. */
const FOLLOW = { max_messages: 1_000, expires: 5_000, idle_heartbeat: 1_000, abort_on_missing_resource: true } as const;
const FRESH_MS = 500;

/** Reads what the event streams hold: the truth behind every channel, the same for each replica of the gateway. */
@Injectable()
export class EventLog {
  private jsm?: Promise<JetStreamManager>;
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

  /** The channel's events after `after`, up to `upTo`, oldest first. */
  async *read({ source }: Channel, after: number, upTo: number, signal: AbortSignal): AsyncGenerator<LoggedEvent> {
    if (!source || after >= upTo) return;
    const consumer = await jetstream(this.nc).consumers.get(source.stream.name, {
      filter_subjects: source.filter,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
    });
    try {
      let { num_pending: pending } = await consumer.info(true);
      while (pending > 0 && !signal.aborted) {
        let came = 0;
        for await (const msg of await consumer.fetch({ max_messages: BATCH, expires: 1_000 })) {
          if (msg.seq > upTo || signal.aborted) return;
          came++;
          pending = msg.info.pending;
          yield toEvent(msg);
          if (msg.seq === upTo || pending === 0) return;
        }
        // Nothing came: it has expired meanwhile, or NATS is slow.
        if (came === 0) pending = (await consumer.info()).num_pending;
      }
    } finally {
      forget(consumer);
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

function toEvent(msg: JsMsg): LoggedEvent {
  return { seq: msg.seq, subject: msg.subject, ts: msg.time.getTime(), json: msg.string() };
}

/** Without this NATS would keep the consumer for five more minutes. */
function forget(consumer: Consumer): void {
  void consumer.delete().catch(() => undefined);
}
