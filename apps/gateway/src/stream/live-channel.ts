import { batchesOf, type Batch } from './batch.js';
import type { Channel } from './channels.js';
import type { LoggedEvent } from './event-log.js';

/** So much of what was handed on is kept for who is a little behind; who is further behind reads the stream. */
const RECENT_CHARS = 131_072;
const RECENT_EVENTS = 512;

/** Who hears of a channel's events while they happen. */
export interface Listener {
  onBatch(batch: Batch): void;
  /** The stream was lost or restored: what follows has nothing to do with what was. */
  onNewEpoch(epoch: string): void;
}

/** A channel that someone listens to. Its events are gathered and handed on together, once a tick. */
export class LiveChannel {
  readonly listeners = new Set<Listener>();
  /** The newest sequence number handed on. */
  lastSeq = 0;
  /** Resolves when the channel's head is known; until then its events wait. */
  readonly ready: Promise<void>;
  private isReady = false;
  private pending: LoggedEvent[] = [];
  private recent: Batch[] = [];
  private recentSize = { chars: 0, events: 0 };

  constructor(
    readonly channel: Channel,
    head: Promise<number>,
  ) {
    this.ready = head.then((seq) => this.begin(seq));
  }

  add(event: LoggedEvent): void {
    this.pending.push(event);
  }

  flush(): void {
    if (!this.isReady || this.pending.length === 0) return;
    const { pending } = this;
    this.pending = [];
    for (const batch of batchesOf(this.channel.name, this.lastSeq, pending)) {
      this.lastSeq = batch.last?.seq ?? this.lastSeq;
      this.keep(batch);
      for (const listener of this.listeners) listener.onBatch(batch);
    }
  }

  /** The next batch after a sequence number, if that is still at hand. */
  recentAfter(seq: number): Batch | undefined {
    const [oldest] = this.recent;
    return oldest && oldest.previous <= seq ? this.recent.find(({ last }) => (last?.seq ?? 0) > seq) : undefined;
  }

  beginEpoch(epoch: string): void {
    this.flush();
    this.lastSeq = 0;
    this.recent = [];
    this.recentSize = { chars: 0, events: 0 };
    for (const listener of this.listeners) listener.onNewEpoch(epoch);
  }

  private begin(head: number): void {
    this.lastSeq = head;
    this.isReady = true;
    this.flush();
  }

  private keep(batch: Batch): void {
    this.recent.push(batch);
    this.count(batch, 1);
    while (this.recentSize.chars > RECENT_CHARS || this.recentSize.events > RECENT_EVENTS) {
      const oldest = this.recent.shift();
      if (oldest) this.count(oldest, -1);
    }
  }

  private count({ chars, events }: Batch, sign: 1 | -1): void {
    this.recentSize.chars += sign * chars;
    this.recentSize.events += sign * events.length;
  }
}
