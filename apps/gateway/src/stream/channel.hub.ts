import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { streams, type StreamDeclaration } from '@scm/contracts';
import type { Batch } from './batch.js';
import { channelKeysOf, type Channel } from './channels.js';
import { EventLog, type LoggedEvent, type Position } from './event-log.js';
import { LiveChannel, type Listener } from './live-channel.js';

/** How far a stream was followed. */
interface Follower {
  position?: Position;
  epoch?: string;
  /** When the epoch was last seen, in Unix milliseconds. */
  seenAt: number;
  turn: AbortController;
}

const EPOCH_CHECK_MS = 2_000;
/** How far NATS's clock may be behind ours. */
const CLOCK_MARGIN_MS = 2_000;
const followed = [streams.workflow, streams.alerts, streams.frames, streams.taps] as const;

/** Follows the event streams once for the whole gateway and hands each event to the channels that someone listens to. */
@Injectable()
export class ChannelHub implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ChannelHub.name);
  private readonly channels = new Map<string, LiveChannel>();
  private readonly touched = new Set<LiveChannel>();
  private readonly stopping = new AbortController();

  constructor(private readonly log: EventLog) {}

  onApplicationBootstrap(): void {
    for (const stream of followed) {
      const follower: Follower = { seenAt: Date.now(), turn: new AbortController() };
      void this.keepFollowing(stream, follower);
      void this.watchEpoch(stream, follower);
    }
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Listens to a channel from now on. @returns the channel's newest sequence number; later ones go to the listener. */
  async join(channel: Channel, listener: Listener): Promise<number> {
    const live = this.channels.get(channel.key) ?? this.open(channel);
    live.listeners.add(listener);
    await live.ready;
    return live.lastSeq;
  }

  leave(channel: Channel, listener: Listener): void {
    const live = this.channels.get(channel.key);
    live?.listeners.delete(listener);
    if (live?.listeners.size === 0) this.channels.delete(channel.key);
  }

  isHeard(channel: Channel): boolean {
    return this.channels.has(channel.key);
  }

  headOf(channel: Channel): number {
    return this.channels.get(channel.key)?.lastSeq ?? 0;
  }

  /** The next events after a sequence number, if they are recent enough to be at hand. */
  recentAfter(channel: Channel, seq: number): Batch | undefined {
    return this.channels.get(channel.key)?.recentAfter(seq);
  }

  /** Feeds a channel that no stream holds. */
  publish(channel: Channel, seq: number, json: string): void {
    const live = this.channels.get(channel.key);
    if (live) this.gather(live, { seq, subject: '', ts: Date.now(), json });
  }

  private open(channel: Channel): LiveChannel {
    const live = new LiveChannel(channel, this.log.headOf(channel));
    this.channels.set(channel.key, live);
    live.ready.catch(() => {
      if (this.channels.get(channel.key) === live) this.channels.delete(channel.key);
    });
    return live;
  }

  /** Goes on where it was when NATS comes back, so that nobody misses what was stored meanwhile. */
  private async keepFollowing(stream: StreamDeclaration, follower: Follower): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      follower.turn = new AbortController();
      const turn = AbortSignal.any([signal, follower.turn.signal]);
      try {
        follower.position ??= { after: (await this.log.boundsOf(stream, true)).last };
        for await (const event of this.log.follow(stream, follower.position, turn)) {
          if (turn.aborted) break;
          follower.position = { after: event.seq };
          this.dispatch(event);
        }
      } catch (error) {
        this.logger.debug(`${stream.name}: ${String(error)}`);
      }
      await sleep(250, undefined, { signal }).catch(() => undefined);
    }
  }

  private async watchEpoch(stream: StreamDeclaration, follower: Follower): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const lookedAt = Date.now();
      const { epoch } = await this.log.boundsOf(stream).catch(() => ({ epoch: '' }));
      if (epoch) {
        const before = follower.epoch;
        follower.epoch = epoch;
        if (before && before !== epoch) this.beginEpoch(stream, epoch, follower);
        follower.seenAt = lookedAt;
      }
      await sleep(EPOCH_CHECK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What the new stream got since the old one was last seen is new to everyone. */
  private beginEpoch(stream: StreamDeclaration, epoch: string, follower: Follower): void {
    follower.position = { sinceMs: follower.seenAt - CLOCK_MARGIN_MS };
    follower.turn.abort();
    for (const live of this.channels.values()) {
      if (live.channel.source?.stream.name !== stream.name) continue;
      live.beginEpoch(epoch);
    }
  }

  private dispatch(event: LoggedEvent): void {
    for (const key of channelKeysOf(event.subject)) {
      const live = this.channels.get(key);
      if (live) this.gather(live, event);
    }
  }

  /** What comes in one tick goes on in one frame. */
  private gather(live: LiveChannel, event: LoggedEvent): void {
    live.add(event);
    if (this.touched.size === 0) setImmediate(() => this.flush());
    this.touched.add(live);
  }

  private flush(): void {
    const touched = [...this.touched];
    this.touched.clear();
    for (const live of touched) live.flush();
  }
}
