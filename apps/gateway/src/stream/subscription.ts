import { ServiceError } from '@scm/contracts';
import type { Channel } from './channels.js';
import { batchesOf, type Batch } from './batch.js';
import type { ChannelHub } from './channel.hub.js';
import type { EventLog } from './event-log.js';
import type { Since } from './frames.js';
import type { Listener } from './live-channel.js';
import { Message } from './wire.js';

/** So often at most a client that wants the newest value gets it. */
const LATEST_EVERY_MS = 100;

/** The socket side of a subscription. */
export interface Outlet {
  /** False while the client or its socket does not keep up. */
  readonly open: boolean;
  send(message: Message): void;
}

/**
 * One client's view of one channel. While the client keeps up it gets events as they happen; when it does not, nothing
 * piles up here: the events stay in the stream and are read from there once there is room.
 */
export class ChannelSubscription implements Listener {
  private sent = 0;
  private unacknowledged: number[] = [];
  private reading = false;
  /** Counts the epochs seen, so that what was read of the former one is not taken for the present one. */
  private era = 0;
  private latest?: Batch;
  private latestSentAt = 0;
  private latestTimer?: NodeJS.Timeout;
  private readonly ended = new AbortController();

  constructor(
    readonly id: number,
    readonly channel: Channel,
    private readonly latestOnly: boolean,
    private readonly window: number | undefined,
    private readonly outlet: Outlet,
    private readonly hub: ChannelHub,
    private readonly log: EventLog,
  ) {}

  /** Joins, says where it begins, and sends what the client missed since then. */
  async begin(since: Since | undefined): Promise<void> {
    this.reading = true;
    const head = await this.hub.join(this.channel, this);
    const bounds = this.channel.source && (await this.log.boundsOf(this.channel.source.stream));
    const epoch = bounds?.epoch ?? '';
    const first = bounds?.first ?? 1;
    const start = await this.startOf(since, head, epoch, first);
    if (this.ended.signal.aborted) return;
    this.sent = start.after;
    const from = start.after + 1;
    const { id, channel } = this;
    this.outlet.send(Message.of({ t: 'subd', id, ch: channel.name, epoch, head, from, recovered: start.recovered }));
    if (start.gap) this.gap(start.gap.from, start.gap.to, start.gap.why);
    await this.catchUp();
  }

  end(): void {
    this.ended.abort();
    clearTimeout(this.latestTimer);
    this.hub.leave(this.channel, this);
  }

  onBatch(batch: Batch): void {
    if (this.latestOnly) {
      this.latest = batch;
      this.flushLatest();
    } else if (!this.reading) {
      // What has no room now stays in the stream, and is read once there is.
      if (batch.previous > this.sent) this.resume();
      else this.deliver(batch);
    }
  }

  onNewEpoch(epoch: string): void {
    this.gap(this.sent + 1, this.sent + 1, 'epoch', epoch);
    this.era++;
    this.sent = 0;
    this.unacknowledged = [];
  }

  acknowledge(seq: number): void {
    const stillOut = this.unacknowledged.findIndex((sent) => sent > seq);
    this.unacknowledged.splice(0, stillOut < 0 ? this.unacknowledged.length : stillOut);
    this.resume();
  }

  /** There may be room again. */
  resume(): void {
    if (this.latestOnly) this.flushLatest();
    else if (!this.reading && this.sent < this.hub.headOf(this.channel)) void this.catchUp().catch(() => undefined);
  }

  /** Events that the client may be sent now. */
  private get room(): number {
    if (!this.outlet.open) return 0;
    return this.window === undefined ? Number.POSITIVE_INFINITY : this.window - this.unacknowledged.length;
  }

  private async startOf(
    since: Since | undefined,
    head: number,
    epoch: string,
    first: number,
  ): Promise<{ after: number; recovered: boolean; gap?: { from: number; to: number; why: string } }> {
    if (this.latestOnly) return { after: Math.max(head - 1, 0), recovered: true };
    if (since === undefined) return { after: head, recovered: false };
    if (since === 'start') return { after: 0, recovered: true };
    if ('last' in since) return { after: await this.before(since.last, head), recovered: true };
    if (since.epoch !== epoch) {
      return { after: head, recovered: false, gap: { from: since.seq + 1, to: since.seq + 1, why: 'epoch' } };
    }
    if (since.seq > head && since.seq > 0 && head > 0)
      throw new ServiceError('INVALID_ARGUMENT', 'since.seq lies ahead of the channel');
    const lost = since.seq + 1 < first ? { from: since.seq + 1, to: first - 1, why: 'expired' } : undefined;
    return { after: lost ? lost.to : since.seq, recovered: !lost, gap: lost };
  }

  /** The sequence number after which the channel's last `count` events begin. */
  private async before(count: number, head: number): Promise<number> {
    const last: number[] = [];
    for await (const events of this.log.read(this.channel, 0, head, this.ended.signal)) {
      last.push(...events.map(({ seq }) => seq));
      last.splice(0, last.length - count - 1);
    }
    return last.length > count ? (last[0] ?? 0) : 0;
  }

  private async catchUp(): Promise<void> {
    this.reading = true;
    try {
      while (!this.ended.signal.aborted && this.room > 0 && this.sent < this.hub.headOf(this.channel)) {
        const recent = this.hub.recentAfter(this.channel, this.sent);
        if (recent) this.deliver(recent);
        else await this.readOn(this.hub.headOf(this.channel));
      }
    } finally {
      this.reading = false;
    }
    if (this.latestOnly) this.flushLatest();
  }

  private async readOn(head: number): Promise<void> {
    const { era } = this;
    await this.declareExpired();
    for await (const events of this.log.read(this.channel, this.sent, head, this.ended.signal)) {
      for (const batch of batchesOf(this.channel.name, this.sent, events)) {
        if (this.room <= 0 || era !== this.era) return;
        this.deliver(batch);
        if (batch.last && this.sent < batch.last.seq) return;
      }
    }
    // Whatever of these the stream holds no more is behind us.
    if (era === this.era) this.sent = Math.max(this.sent, head);
  }

  private async declareExpired(): Promise<void> {
    const { source } = this.channel;
    if (!source) return;
    const { first } = await this.log.boundsOf(source.stream);
    if (this.sent + 1 >= first || this.sent === 0) return;
    this.gap(this.sent + 1, first - 1, 'slow');
    this.sent = first - 1;
  }

  /** Sends what there is room for; the rest stays in the stream. */
  private deliver(batch: Batch): void {
    const { room } = this;
    if (room <= 0) return;
    const fitting = batch.after(this.sent, room);
    if (!fitting.last) return;
    this.sent = fitting.last.seq;
    if (this.window !== undefined) this.unacknowledged.push(...fitting.events.map(({ seq }) => seq));
    this.outlet.send(fitting.message);
  }

  private flushLatest(): void {
    if (!this.latest || this.reading || this.latestTimer || this.room <= 0) return;
    const waitMs = this.latestSentAt + LATEST_EVERY_MS - Date.now();
    if (waitMs > 0) {
      this.latestTimer = setTimeout(() => this.sendLatestAfterWait(), waitMs);
      return;
    }
    this.latestSentAt = Date.now();
    this.deliver(this.latest.newest());
    this.latest = undefined;
  }

  private sendLatestAfterWait(): void {
    this.latestTimer = undefined;
    this.flushLatest();
  }

  private gap(from: number, to: number, why: string, epoch?: string): void {
    this.outlet.send(Message.of({ t: 'gap', ch: this.channel.name, from, to, why, epoch }));
  }
}
