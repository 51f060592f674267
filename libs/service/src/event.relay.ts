import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  allContracts,
  streamOf,
  streams,
  subscriptions,
  type EventContract,
  type ServiceName,
  type StreamDeclaration,
  type Subscription,
} from '@scm/contracts';
import { OutboxRepository, type Database, type OutboxTurn, type OwedEvent, type StreamMark } from '@scm/database';
import { ensureStreams, readStreamEnd, setStreamEpoch, type EventMessage, type MessagingClient } from '@scm/messaging';

const BATCH = 500;
const IDLE_MS = 500;
const MAX_GATHER_MS = 25;
const MAX_IN_HAND = 2_000;
const BACKOFF_MS = [250, 500, 1_000, 2_000, 5_000] as const;

/** Subjects of the events that services must not miss. */
const readDurably = new Set(Object.values<Subscription>(subscriptions).map(({ event }) => event.subject));

interface Published {
  event: OwedEvent;
  seq: number;
}

/**
 * Publishes the events that committed transactions owe, and keeps the streams the service owns: it creates them, and gives
 * one a new epoch when it ends before what was last published to it (its store was lost or restored). What such a stream
 * has lost of the events that services read durably is published again.
 */
export class EventRelay {
  private readonly logger = new Logger(EventRelay.name);
  private readonly outbox: OutboxRepository;
  private readonly owned: readonly StreamDeclaration[];
  private readonly stopping = new AbortController();
  private readonly inHand = new Map<string, object>();
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
    private readonly open: (event: OwedEvent) => Promise<object> = async ({ payload }) => payload,
  ) {
    this.outbox = new OutboxRepository(database);
    this.owned = Object.values<StreamDeclaration>(streams).filter((s) => s.owner === service);
  }

  async start(): Promise<void> {
    await this.verifyStreams();
    void this.watchReconnects();
    this.loop = this.run();
  }

  /** The payload of an event that this replica is about to owe: then it need not be read. */
  hold(id: string, payload: object): void {
    this.inHand.set(id, payload);
    for (const oldest of this.inHand.keys()) {
      if (this.inHand.size <= MAX_IN_HAND) return;
      this.inHand.delete(oldest);
    }
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
        const published = (await this.outbox.unlessBusy((turn) => this.publishOwed(turn))) ?? 0;
        failures = 0;
        if (published === 0 && !this.isOwed) await this.sleep(IDLE_MS);
        else if (published < BATCH) await this.gather(published);
      } catch (error) {
        this.logger.warn(`events wait: ${error instanceof Error ? error.message : String(error)}`);
        this.isVerified = false;
        await this.sleep(BACKOFF_MS[Math.min(failures++, BACKOFF_MS.length - 1)] ?? IDLE_MS);
      }
    }
  }

  private async publishOwed(turn: OutboxTurn): Promise<number> {
    const { events, marks } = await turn.look(BATCH);
    if (events.length === 0) return 0;
    const published: Published[] = [];
    for (const [stream, group] of Map.groupBy(events, ({ subject }) => streamOf(subject))) {
      published.push(...(await this.publishTo(turn, stream, group, marks.get(stream.name))));
    }
    await turn.finish(
      events,
      published.filter(({ event }) => readDurably.has(event.subject)),
    );
    for (const { id } of events) this.inHand.delete(id);
    return events.length;
  }

  /** All of them, with their places in the stream, also when some were there already. */
  private async publishTo(
    turn: OutboxTurn,
    stream: StreamDeclaration,
    events: readonly OwedEvent[],
    mark: StreamMark | undefined,
  ): Promise<Published[]> {
    const messages = await Promise.all(events.map((event) => this.messageOf(event, mark?.epoch)));
    const end = await this.messaging.publishAll(messages);
    const isWhole = mark !== undefined && !end.duplicate && end.seq === mark.lastSeq + events.length;
    const seqs = isWhole
      ? events.map((_, i) => mark.lastSeq + 1 + i)
      : (await Promise.all(messages.map((message) => this.messaging.publish(message)))).map(({ seq }) => seq);
    const last = Math.max(...seqs);
    // A stream that gives places anew was lost or restored before anybody looked.
    if (mark && !end.duplicate && end.seq <= mark.lastSeq) {
      await this.beginEpoch(turn, stream, { firstLost: Math.min(...seqs), last });
    } else if (mark) await turn.setMark(stream.name, { epoch: mark.epoch, lastSeq: Math.max(last, mark.lastSeq) });
    return events.map((event, i) => ({ event, seq: seqs[i] ?? last }));
  }

  private async messageOf(event: OwedEvent, epoch: string | undefined): Promise<EventMessage> {
    const { id, subject, keys, traceparent } = event;
    const payload = this.inHand.get(id) ?? (await this.open(event));
    return { contract: contractOf(subject), keys, payload, id, epoch, traceparent: traceparent ?? undefined };
  }

  /** In turn, so that replicas that come back at once agree on one epoch, and none publishes meanwhile. */
  private async verifyStreams(): Promise<void> {
    // Before the look: NATS may go away again meanwhile.
    this.isVerified = true;
    await ensureStreams(this.nc, this.service);
    if (this.owned.length > 0) await this.outbox.inTurn((turn) => this.verifyIn(turn));
  }

  private async verifyIn(turn: OutboxTurn): Promise<void> {
    const marks = await turn.marks();
    for (const stream of this.owned) {
      const mark = marks.get(stream.name);
      const { lastSeq, epoch } = await readStreamEnd(this.nc, stream);
      if (mark && lastSeq >= mark.lastSeq && epoch === mark.epoch) continue;
      await this.beginEpoch(turn, stream, { firstLost: lastSeq + 1, last: lastSeq });
    }
  }

  /** What the stream has lost of the events that services read durably is owed to it again. */
  private async beginEpoch(
    turn: OutboxTurn,
    stream: StreamDeclaration,
    end: { firstLost: number; last: number },
  ): Promise<void> {
    const mark = { epoch: randomUUID(), lastSeq: end.last };
    const subjects = [...readDurably].filter((subject) => streamOf(subject) === stream);
    await turn.setMark(stream.name, mark);
    await turn.oweAgain(subjects, end.firstLost);
    await setStreamEpoch(this.nc, stream, mark.epoch);
    this.logger.log(`${stream.name} begins epoch ${mark.epoch} at ${end.last}`);
  }

  /** The more events come, the more are published in one turn; the first after a silence does not wait. */
  private async gather(published: number): Promise<void> {
    await sleep(Math.min(published, MAX_GATHER_MS), undefined, { signal: this.stopping.signal }).catch(() => undefined);
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
