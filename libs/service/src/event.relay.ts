import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  allContracts,
  streamOf,
  streams,
  type EventContract,
  type ServiceName,
  type StreamDeclaration,
} from '@scm/contracts';
import { OutboxRepository, type Database, type OwedEvent, type StreamMark } from '@scm/database';
import { ensureStreams, readStreamEnd, setStreamEpoch, type MessagingClient } from '@scm/messaging';

const BATCH = 500;
const IDLE_MS = 500;
const BACKOFF_MS = [250, 500, 1_000, 2_000, 5_000] as const;

/**
 * Publishes the events that committed transactions owe, and keeps the streams the service owns: it creates them, and gives
 * one a new epoch when it ends before what was last published to it (its store was lost or restored).
 */
export class EventRelay {
  private readonly logger = new Logger(EventRelay.name);
  private readonly outbox: OutboxRepository;
  private readonly epochs = new Map<string, StreamMark>();
  private readonly owned: readonly StreamDeclaration[];
  private readonly stopping = new AbortController();
  private isOwed = false;
  private wake = () => {};
  /** False until the streams were looked at since NATS came back. */
  private isVerified = false;
  private loop?: Promise<void>;

  constructor(
    private readonly nc: NatsConnection,
    private readonly messaging: MessagingClient,
    private readonly service: ServiceName,
    database: Database,
  ) {
    this.outbox = new OutboxRepository(database);
    this.owned = Object.values<StreamDeclaration>(streams).filter((s) => s.owner === service);
  }

  async start(): Promise<void> {
    await this.verifyStreams();
    void this.watchReconnects();
    this.loop = this.run();
  }

  /** Publishes at once what was just committed, instead of at the next look. */
  notify(): void {
    // A look under way may have missed it.
    this.isOwed = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.loop;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      try {
        this.isOwed = false;
        if (!this.isVerified) await this.verifyStreams();
        const published = await this.outbox.drain(BATCH, (events) => this.publish(events));
        failures = 0;
        if (published < BATCH && !this.isOwed) await this.sleep(IDLE_MS);
      } catch (error) {
        this.logger.warn(`events wait: ${error instanceof Error ? error.message : String(error)}`);
        this.isVerified = false;
        await this.sleep(BACKOFF_MS[Math.min(failures++, BACKOFF_MS.length - 1)] ?? IDLE_MS);
      }
    }
  }

  private async publish(events: OwedEvent[]): Promise<void> {
    const acks = await Promise.all(events.map((event) => this.publishOne(event)));
    for (const stream of this.owned) {
      const seqs = acks.filter((ack) => ack.stream === stream.name).map((ack) => ack.seq);
      const mark = this.epochs.get(stream.name);
      if (seqs.length === 0 || !mark) continue;
      const last = Math.max(...seqs);
      if (last <= mark.lastSeq && !acks.some((ack) => ack.duplicate)) await this.beginEpoch(stream, last);
      else await this.keepMark(stream, { epoch: mark.epoch, lastSeq: Math.max(last, mark.lastSeq) });
    }
  }

  private async publishOne(event: OwedEvent): ReturnType<MessagingClient['publish']> {
    const contract = contractOf(event.subject);
    const epoch = this.epochs.get(streamOf(event.subject).name)?.epoch;
    const options = { id: event.id, epoch, traceparent: event.traceparent ?? undefined };
    return this.messaging.publish(contract, event.keys, event.payload, options);
  }

  private async verifyStreams(): Promise<void> {
    // Before the look: NATS may go away again meanwhile.
    this.isVerified = true;
    await ensureStreams(this.nc, this.service);
    for (const stream of this.owned) {
      // In this order: a replica that publishes meanwhile must not make the stream look shorter than its mark.
      const mark = await this.outbox.markOf(stream.name);
      const end = await readStreamEnd(this.nc, stream);
      if (!mark || end.lastSeq < mark.lastSeq || end.epoch !== mark.epoch) await this.beginEpoch(stream, end.lastSeq);
      else this.epochs.set(stream.name, mark);
    }
  }

  private async beginEpoch(stream: StreamDeclaration, lastSeq: number): Promise<void> {
    const mark = { epoch: randomUUID(), lastSeq };
    await this.keepMark(stream, mark);
    await setStreamEpoch(this.nc, stream, mark.epoch);
    this.logger.log(`${stream.name} begins epoch ${mark.epoch} at ${lastSeq}`);
  }

  private async keepMark(stream: StreamDeclaration, mark: StreamMark): Promise<void> {
    await this.outbox.setMark(stream.name, mark);
    this.epochs.set(stream.name, mark);
  }

  private async watchReconnects(): Promise<void> {
    for await (const status of this.nc.status()) {
      if (this.stopping.signal.aborted) return;
      if (status.type !== 'reconnect') continue;
      this.isVerified = false;
      this.notify();
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.stopping.signal.aborted) this.wake();
    });
  }
}

function contractOf(subject: string): EventContract {
  const found = allContracts.find(({ contract }) => contract.kind === 'event' && contract.subject === subject);
  if (found?.contract.kind !== 'event') throw new TypeError(`no event is declared as ${subject}`);
  return found.contract;
}
