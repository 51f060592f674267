import { Injectable } from '@nestjs/common';
import { DeliverPolicy, jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { Inject } from '@nestjs/common';
import type { StreamDeclaration } from '@scm/contracts';
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

const BATCH = 256;
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
    while (!signal.aborted) {
      const messages = await consumer.fetch({ max_messages: BATCH, expires: 1_000 });
      let pending = 0;
      for await (const msg of messages) {
        if (msg.seq > upTo || signal.aborted) return;
        yield { seq: msg.seq, subject: msg.subject, ts: msg.time.getTime(), json: msg.string() };
        pending = msg.info.pending;
        if (msg.seq === upTo || pending === 0) return;
      }
      if (pending === 0) return;
    }
  }

  /** Every event of a stream from now on; ends when the stream is gone or the signal aborts. */
  async *follow(stream: StreamDeclaration, signal: AbortSignal): AsyncGenerator<LoggedEvent> {
    const consumer = await jetstream(this.nc).consumers.get(stream.name, { deliver_policy: DeliverPolicy.New });
    const messages = await consumer.consume({ max_messages: 1_000 });
    const close = () => void messages.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      for await (const msg of messages) {
        yield { seq: msg.seq, subject: msg.subject, ts: msg.time.getTime(), json: msg.string() };
      }
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  private async readBounds(stream: StreamDeclaration): Promise<StreamBounds> {
    const jsm = await this.manager();
    const { state, config } = await jsm.streams.info(stream.name);
    return { epoch: config.metadata?.['scm.epoch'] ?? '', first: state.first_seq, last: state.last_seq };
  }

  private async manager(): Promise<JetStreamManager> {
    this.jsm ??= jetstreamManager(this.nc, { timeout: 3_000, checkAPI: false });
    return this.jsm;
  }
}
