import { ServiceError } from '@scm/contracts';
import type { Channel } from './channels.js';
import { eventFrame, type ChannelEvent, type ChannelHub, type Listener } from './channel.hub.js';
import type { EventLog, LoggedEvent } from './event-log.js';
import type { Since } from './frames.js';

/** The socket side of a subscription. */
export interface Outlet {
  /** False while the client or its socket does not keep up. */
  readonly open: boolean;
  send(frame: string): void;
}

/**
 * One client's view of one channel. While the client keeps up it gets events as they happen; when it does not, nothing
 * piles up here: the events stay in the stream and are read from there once there is room.
 */
export class ChannelSubscription implements Listener {
  private sent = 0;
  private acknowledged = 0;
  private unacknowledged: number[] = [];
  private reading = false;
  /** Counts the epochs seen, so that what was read of the former one is not taken for the present one. */
  private era = 0;
  private latest?: ChannelEvent;
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
    this.sent = start.after;
    const from = start.after + 1;
    const { id, channel } = this;
    this.outlet.send(
      JSON.stringify({ t: 'subd', id, ch: channel.name, epoch, head, from, recovered: start.recovered }),
    );
    if (start.gap) this.gap(start.gap.from, start.gap.to, start.gap.why);
    await this.catchUp();
  }

  end(): void {
    this.ended.abort();
    this.hub.leave(this.channel, this);
  }

  onEvent(event: ChannelEvent): void {
    if (this.latestOnly) {
      this.latest = event;
      this.flushLatest();
    } else if (!this.reading) {
      // What has no room now stays in the stream, and is read once there is.
      if (event.previous > this.sent) this.resume();
      else if (this.hasRoom) this.deliver(event);
    }
  }

  onNewEpoch(epoch: string): void {
    this.gap(this.sent + 1, this.sent + 1, 'epoch', epoch);
    this.era++;
    this.sent = 0;
    this.unacknowledged = [];
    this.acknowledged = 0;
  }

  acknowledge(seq: number): void {
    this.acknowledged = Math.max(this.acknowledged, seq);
    this.unacknowledged = this.unacknowledged.filter((s) => s > seq);
    this.resume();
  }

  /** There may be room again. */
  resume(): void {
    if (this.latestOnly) this.flushLatest();
    else if (!this.reading && this.sent < this.hub.headOf(this.channel)) void this.catchUp().catch(() => undefined);
  }

  private get hasRoom(): boolean {
    return this.outlet.open && (this.window === undefined || this.unacknowledged.length < this.window);
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
    for await (const { seq } of this.log.read(this.channel, 0, head, this.ended.signal)) {
      last.push(seq);
      if (last.length > count + 1) last.shift();
    }
    return last.length > count ? (last[0] ?? 0) : 0;
  }

  private async catchUp(): Promise<void> {
    this.reading = true;
    try {
      while (!this.ended.signal.aborted && this.hasRoom && this.sent < this.hub.headOf(this.channel)) {
        await this.readOn(this.hub.headOf(this.channel));
      }
    } finally {
      this.reading = false;
    }
    if (this.latestOnly) this.flushLatest();
  }

  private async readOn(head: number): Promise<void> {
    const { era } = this;
    await this.declareExpired();
    for await (const event of this.log.read(this.channel, this.sent, head, this.ended.signal)) {
      if (!this.hasRoom || era !== this.era) return;
      this.deliver(this.toChannelEvent(event));
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

  private toChannelEvent(event: LoggedEvent): ChannelEvent {
    return { seq: event.seq, previous: this.sent, frame: eventFrame(this.channel.name, this.sent, event) };
  }

  private deliver({ seq, frame }: ChannelEvent): void {
    if (seq <= this.sent) return;
    this.sent = seq;
    if (this.window !== undefined) this.unacknowledged.push(seq);
    this.outlet.send(frame);
  }

  private flushLatest(): void {
    const event = this.latest;
    if (!event || this.reading || !this.hasRoom) return;
    this.latest = undefined;
    this.deliver(event);
  }

  private gap(from: number, to: number, why: string, epoch?: string): void {
    this.outlet.send(JSON.stringify({ t: 'gap', ch: this.channel.name, from, to, why, epoch }));
  }
}
