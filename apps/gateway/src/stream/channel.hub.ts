import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { streams, type StreamDeclaration } from '@scm/contracts';
import { channelKeysOf, type Channel } from './channels.js';
import { EventLog, type LoggedEvent } from './event-log.js';

/** One event as every subscriber of the channel gets it: `frame` is made once. */
export interface ChannelEvent {
  seq: number;
  frame: string;
}

/** Who hears of a channel's events while they happen. */
export interface Listener {
  onEvent(event: ChannelEvent): void;
  /** The stream was lost or restored: what follows has nothing to do with what was. */
  onNewEpoch(epoch: string): void;
}

interface LiveChannel {
  channel: Channel;
  lastSeq: number;
  listeners: Set<Listener>;
  /** Events that came before the head was known. */
  early?: LoggedEvent[];
}

const EPOCH_CHECK_MS = 2_000;
const followed = [streams.workflow, streams.alerts, streams.frames] as const;

/** Follows the event streams once for the whole gateway and hands each event to the channels that someone listens to. */
@Injectable()
export class ChannelHub implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ChannelHub.name);
  private readonly channels = new Map<string, LiveChannel>();
  private readonly epochs = new Map<string, string>();
  private readonly stopping = new AbortController();

  constructor(private readonly log: EventLog) {}

  onApplicationBootstrap(): void {
    for (const stream of followed) {
      void this.keepFollowing(stream);
      void this.watchEpoch(stream);
    }
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Listens to a channel from now on. @returns the channel's newest sequence number; later ones go to the listener. */
  async join(channel: Channel, listener: Listener): Promise<number> {
    const known = this.channels.get(channel.key);
    if (known && !known.early) {
      known.listeners.add(listener);
      return known.lastSeq;
    }
    const live: LiveChannel = known ?? { channel, lastSeq: 0, listeners: new Set(), early: [] };
    this.channels.set(channel.key, live);
    live.listeners.add(listener);
    const head = await this.log.headOf(channel);
    const early = live.early ?? [];
    live.early = undefined;
    live.lastSeq = Math.max(live.lastSeq, head);
    for (const event of early) this.deliver(live, event);
    return head;
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

  /** Feeds a channel that no stream holds. */
  publish(channel: Channel, seq: number, json: string): void {
    const live = this.channels.get(channel.key);
    if (live) this.deliver(live, { seq, subject: '', ts: Date.now(), json });
  }

  private async keepFollowing(stream: StreamDeclaration): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for await (const event of this.log.follow(stream, signal)) this.dispatch(event);
      } catch (error) {
        this.logger.debug(`${stream.name}: ${String(error)}`);
      }
      await sleep(250, undefined, { signal }).catch(() => undefined);
    }
  }

  private async watchEpoch(stream: StreamDeclaration): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const bounds = await this.log.boundsOf(stream).catch(() => undefined);
      const before = this.epochs.get(stream.name);
      if (bounds?.epoch && before !== bounds.epoch) {
        this.epochs.set(stream.name, bounds.epoch);
        if (before) this.beginEpoch(stream, bounds.epoch);
      }
      await sleep(EPOCH_CHECK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private beginEpoch(stream: StreamDeclaration, epoch: string): void {
    for (const live of this.channels.values()) {
      if (live.channel.source?.stream.name !== stream.name) continue;
      live.lastSeq = 0;
      for (const listener of live.listeners) listener.onNewEpoch(epoch);
    }
  }

  private dispatch(event: LoggedEvent): void {
    for (const key of channelKeysOf(event.subject)) {
      const live = this.channels.get(key);
      if (live?.early) live.early.push(event);
      else if (live) this.deliver(live, event);
    }
  }

  private deliver(live: LiveChannel, event: LoggedEvent): void {
    if (event.seq <= live.lastSeq) return;
    const frame = eventFrame(live.channel.name, live.lastSeq, event);
    live.lastSeq = event.seq;
    for (const listener of live.listeners) listener.onEvent({ seq: event.seq, frame });
  }
}

/** `p` is the channel's previous sequence number: a client whose last one differs has missed something. */
export function eventFrame(ch: string, previous: number, event: LoggedEvent): string {
  return `{"t":"ev","ch":${JSON.stringify(ch)},"p":${previous},"s":[${event.seq}],"d":[${event.json}],"ts":${event.ts}}`;
}
